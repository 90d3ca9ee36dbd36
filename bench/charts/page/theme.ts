/** Colours of both libraries: the dark theme's. */
const colors: Readonly<Record<string, string>> = {
  '--color-text': '#e6e9ed',
  '--color-muted': '#9ba4b0',
  '--color-border': '#272d35',
  '--color-grid': '#242931',
  '--color-surface': '#14171b',
  '--series-1': '#70a3fe',
  '--series-2': '#eea63f',
  '--series-3': '#a8e8d6',
  '--series-4': '#c26290',
  '--series-5': '#8573d1',
  '--series-6': '#e2e062',
  '--series-7': '#e3734b',
  '--series-8': '#23cbdc',
}

export function colorOf(token: string): string {
  return colors[token] ?? '#808080'
}

export function applyTheme(): void {
  document.body.style.background = colorOf('--color-surface')
  for (const [name, value] of Object.entries(colors)) document.documentElement.style.setProperty(name, value)
}
