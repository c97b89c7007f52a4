/** Hours as people say them: minutes below two hours, days from two days on. */
export function hours(value: number | null | undefined): string {
  if (value == null) return '–';
  if (value < 2) return `${Math.round(value * 60)} min`;
  return value < 48 ? `${value.toFixed(1)} h` : `${(value / 24).toFixed(1)} d`;
}

/** When nothing will wait any more if the last week goes on. */
export function outlook({
  open,
  days_to_empty,
}: {
  open: number;
  days_to_empty?: number | null | undefined;
}): string {
  if (open === 0) return 'nothing waits';
  if (days_to_empty == null) return 'over the last seven days as many came as went, or more';
  return `none in ${days_to_empty.toFixed(1)} days if the last seven go on`;
}
