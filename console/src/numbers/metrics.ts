/** A figure of the server: its name, what sets it apart, its value. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Reads the text format of Prometheus: samples alone, in their order. */
export function parseMetrics(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const match = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/i.exec(line.trim());
    if (!match?.[1]) return [];
    const labels = [...(match[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
    return [
      {
        name: match[1],
        labels: Object.fromEntries(labels.map(([, name = '', value = '']) => [name, value])),
        value: Number(match[3]),
      },
    ];
  });
}

/** The sum of a figure over all its labels; `undefined` where it is not there. */
export function total(samples: Sample[], name: string): number | undefined {
  const found = samples.filter((sample) => sample.name === name);
  return found.length === 0 ? undefined : found.reduce((sum, sample) => sum + sample.value, 0);
}
