const KEY = 'cordon-theme';
const THEMES = ['light dark', 'light', 'dark'];

function show(theme: string): void {
  document.documentElement.style.colorScheme = theme;
}

/** The next of: as the system, light, dark. Kept in the browser. */
export function nextTheme(): void {
  const place = THEMES.indexOf(document.documentElement.style.colorScheme || 'light dark');
  const theme = THEMES[(place + 1) % THEMES.length] ?? 'light dark';
  localStorage.setItem(KEY, theme);
  show(theme);
}

export function restoreTheme(): void {
  const kept = localStorage.getItem(KEY);
  if (kept && THEMES.includes(kept)) show(kept);
}
