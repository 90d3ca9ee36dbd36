import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

function tokens(theme: string): Map<string, string> {
  const block = css.split(`[data-theme='${theme}'] {`)[1]?.split('}')[0] ?? ''
  return new Map([...block.matchAll(/(--[\w-]+): (#[0-9a-f]{6});/g)].map((hit) => [hit[1]!, hit[2]!]))
}

type Colour = readonly [red: number, green: number, blue: number]
type Matrix = readonly [Colour, Colour, Colour]

/** sRGB to linear light, IEC 61966-2-1. */
function linear(hex: string): Colour {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

const dot = (a: Colour, b: Colour): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const apply = (matrix: Matrix, colour: Colour): Colour => [
  dot(matrix[0], colour),
  dot(matrix[1], colour),
  dot(matrix[2], colour),
]

/** WCAG 2.2 contrast ratio. */
function contrast(one: string, other: string): number {
  const luminance = (hex: string): number => dot([0.2126, 0.7152, 0.0722], linear(hex)) + 0.05
  const [low = 1, high = 1] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return high / low
}

/** Full colour-vision deficiencies in linear light: Machado, Oliveira and Fernandes 2009. */
const sights: Record<string, Matrix> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** Oklab (Ottosson 2020), times 100. */
function oklab(colour: Colour): Colour {
  const cone = apply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    colour,
  )
  return apply(
    [
      [21.04542553, 79.3617785, -0.40720468],
      [197.7998495, -242.8592205, 45.05937099],
      [2.59040371, 78.27717662, -80.8675766],
    ],
    [Math.cbrt(cone[0]), Math.cbrt(cone[1]), Math.cbrt(cone[2])],
  )
}

function distance(one: string, other: string, sight: Matrix): number {
  const shown = (value: number): number => Math.min(1, Math.max(0, value))
  const seen = (hex: string): Colour => {
    const [red, green, blue] = apply(sight, linear(hex))
    return oklab([shown(red), shown(green), shown(blue)])
  }
  const [a, b] = [seen(one), seen(other)]
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

describe.each(['dark', 'light'])('%s theme', (theme) => {
  const colours = tokens(theme)
  const colour = (token: string): string => {
    const value = colours.get(token)
    if (value === undefined) throw new Error(`${token} is missing in the ${theme} theme`)
    return value
  }
  const series = Array.from({ length: 8 }, (_, index) => colour(`--series-${String(index + 1)}`))

  it.each(['text', 'muted', 'accent', 'red', 'amber', 'green', 'stale'])(
    'text in %s reaches AA on each ground',
    (name) => {
      for (const ground of ['bg', 'surface', 'raised', 'hover']) {
        expect(contrast(colour(`--color-${name}`), colour(`--color-${ground}`)), ground).toBeGreaterThan(4.5)
      }
    },
  )

  it('lines of charts and borders of controls reach 3:1 on the surface', () => {
    for (const hex of [...series, colour('--color-control')]) {
      expect(contrast(hex, colour('--color-surface')), hex).toBeGreaterThan(3)
    }
  })

  it.each(Object.entries(sights))('series stay apart with %s', (_, sight) => {
    for (const [index, one] of series.entries()) {
      for (const other of series.slice(index + 1)) {
        expect(distance(one, other, sight), `${one} and ${other}`).toBeGreaterThan(6)
      }
    }
  })
})
