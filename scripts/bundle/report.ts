import type { Bundle } from './build.ts';

const kilobyte = 1024;

/** One line a bundle: its name, its size, what it may have. */
export function sizeTable(bundles: readonly Bundle[]): string {
  const width = Math.max(...bundles.map((bundle) => bundle.name.length));
  const lines = bundles.map((bundle) => {
    const size = (bundle.bytes / kilobyte).toFixed(0).padStart(5);
    return `${bundle.name.padEnd(width)} ${size} KB of ${bundle.budgetKb}${isOverBudget(bundle) ? '  OVER BUDGET' : ''}`;
  });
  return `${lines.join('\n')}\n`;
}

/** Whether a bundle is larger than it may be. */
export function isOverBudget(bundle: Bundle): boolean {
  return bundle.bytes > bundle.budgetKb * kilobyte;
}
