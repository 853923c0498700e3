import { styleText } from 'node:util';

/** How a text stands out: by the level of the alarm that tells of it, or by stepping back. */
export type Style = 'critical' | 'warning' | 'dim';

const formats = { critical: ['bold', 'red'], warning: ['yellow'], dim: ['dim'] } as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const marks = /(\u001b\[(?:1|2|22|31|33|39)m)/;

/** A text that stands out where there are colours; whoever shows it takes them off where there are none. */
export function paint(style: Style, text: string): string {
  return styleText([...formats[style]], text, { validateStream: false });
}

/** Changes all of a text but what `paint` added, which is taken off where there are no colours. */
export function aroundPaint(text: string, colours: boolean, change: (part: string) => string): string {
  // Where a pattern that is split by has a group, what it found is at every second place.
  const parts = text.split(marks).map((part, index) => (index % 2 === 0 ? change(part) : colours ? part : ''));
  return parts.join('');
}
