/** The design tokens that a canvas needs as plain values; `color` reads any other custom property. */
export interface ChartTheme {
  readonly text: string
  readonly muted: string
  readonly border: string
  readonly grid: string
  readonly surface: string
  readonly stale: string
  readonly font: string
  readonly fontSize: number
  /** Value of a colour token such as `--series-1`; the text colour for a token that does not exist. */
  color(token: string): string
}

const schemes = '(prefers-color-scheme: dark)'
const contrasts = '(prefers-contrast: more)'

let current: ChartTheme | null = null
const listeners = new Set<() => void>()
let watching = false

/** The tokens as they are now. The same object until the theme changes: compare it to know. */
export function chartTheme(): ChartTheme {
  watch()
  current ??= readTheme(getComputedStyle(document.documentElement))
  return current
}

/** Calls back after each change of the theme; the answer ends it. */
export function onThemeChange(listener: () => void): () => void {
  watch()
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** One watch for the page's whole life: the root element outlives every chart. */
function watch(): void {
  if (watching) return
  watching = true
  new MutationObserver(forget).observe(document.documentElement, {
    attributeFilter: ['data-theme', 'data-density', 'class'],
  })
  matchMedia(schemes).addEventListener('change', forget)
  matchMedia(contrasts).addEventListener('change', forget)
}

function forget(): void {
  current = null
  for (const listener of listeners) listener()
}

function readTheme(style: CSSStyleDeclaration): ChartTheme {
  const colors = new Map<string, string>()
  const read = (token: string, otherwise: string): string => style.getPropertyValue(token).trim() || otherwise
  const text = read('--color-text', '#808080')
  const color = (token: string): string => {
    let value = colors.get(token)
    if (value === undefined) {
      value = read(token, text)
      colors.set(token, value)
    }
    return value
  }
  return {
    text,
    muted: color('--color-muted'),
    border: color('--color-border'),
    grid: color('--color-grid'),
    surface: color('--color-surface'),
    stale: color('--color-stale'),
    font: read('--font-ui', 'sans-serif'),
    fontSize: parseFloat(read('--text-1', '11')) || 11,
    color,
  }
}
