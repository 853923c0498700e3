const width = 30;

/** How much of something is done, 0..1. */
export function progressBar(share: number): string {
  const filled = Math.round(Math.min(1, share) * width);
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
}
