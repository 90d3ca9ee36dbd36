import { describe, expect, it } from 'vitest'
import { Redraws, type Drawing, type Page, type Size } from './redraw'

/** A page whose frames, clock, sizes and visibility the test decides. */
function testPage() {
  const frames: (() => void)[] = []
  const sizes = new Map<object, (size: Size) => void>()
  const visibilities = new Map<object, (visible: boolean) => void>()
  const state = { hidden: false, now: 0, change: null as ((change: 'theme' | 'shown') => void) | null }
  const errors: unknown[] = []
  const page: Page<object> = {
    nextFrame: (callback) => frames.push(callback),
    now: () => state.now,
    hidden: () => state.hidden,
    watchSize: (element, callback) => {
      sizes.set(element, callback)
      return () => sizes.delete(element)
    },
    watchVisibility: (element, callback) => {
      visibilities.set(element, callback)
      return () => visibilities.delete(element)
    },
    watchPage: (callback) => (state.change = callback),
    report: (error) => errors.push(error),
  }
  return { page, frames, sizes, visibilities, state, errors, runFrame: () => frames.shift()?.() }
}

function scene(count: number, small = false) {
  const test = testPage()
  const redraws = new Redraws(test.page)
  const drawn: string[] = []
  const items = Array.from({ length: count }, (_, i) => {
    const drawing: Drawing<object> = {
      element: {},
      small,
      draw: ({ width }) => {
        test.state.now += 1
        drawn.push(`${i}:${width}`)
      },
    }
    return { drawing, handle: redraws.add(drawing) }
  })
  const show = (i: number, visible = true) => test.visibilities.get(items[i]!.drawing.element)?.(visible)
  const resize = (i: number, width: number) =>
    test.sizes.get(items[i]!.drawing.element)?.({ width, height: 100 })
  return { ...test, redraws, drawn, items, show, resize }
}

describe('Redraws', () => {
  it('draws one chart in each frame', () => {
    const s = scene(3)
    for (const i of [0, 1, 2]) {
      s.show(i)
      s.resize(i, 100)
    }
    s.runFrame()
    expect(s.drawn).toEqual(['0:100'])
    s.runFrame()
    s.runFrame()
    expect(s.drawn).toEqual(['0:100', '1:100', '2:100'])
    expect(s.frames).toEqual([])
  })

  it('draws a chart once however often it was asked for', () => {
    const s = scene(1)
    s.show(0)
    s.resize(0, 100)
    for (let i = 0; i < 10; i++) s.items[0]!.handle.request()
    s.runFrame()
    expect(s.drawn).toHaveLength(1)
    expect(s.frames).toEqual([])
  })

  it('waits until a chart is on screen and has a size', () => {
    const s = scene(1)
    s.items[0]!.handle.request()
    s.resize(0, 100)
    expect(s.frames).toEqual([])
    s.show(0)
    s.runFrame()
    expect(s.drawn).toEqual(['0:100'])
    s.show(0, false)
    s.items[0]!.handle.request()
    expect(s.frames).toEqual([])
    s.show(0)
    s.runFrame()
    expect(s.drawn).toHaveLength(2)
  })

  it('does not draw again what came back on screen unchanged', () => {
    const s = scene(1)
    s.show(0)
    s.resize(0, 100)
    s.runFrame()
    s.show(0, false)
    s.show(0)
    expect(s.frames).toEqual([])
  })

  it('draws nothing on a hidden page, and what was asked for once it is shown', () => {
    const s = scene(1)
    s.state.hidden = true
    s.show(0)
    s.resize(0, 100)
    expect(s.frames).toEqual([])
    s.state.hidden = false
    s.state.change?.('shown')
    s.runFrame()
    expect(s.drawn).toEqual(['0:100'])
  })

  it('draws anew after a change of size or theme', () => {
    const s = scene(1)
    s.show(0)
    s.resize(0, 100)
    s.runFrame()
    s.resize(0, 200)
    s.runFrame()
    s.state.change?.('theme')
    s.runFrame()
    expect(s.drawn).toEqual(['0:100', '0:200', '0:200'])
  })

  it('draws small ones together until their share of the frame is used', () => {
    const s = scene(10, true)
    for (let i = 0; i < 10; i++) {
      s.show(i)
      s.resize(i, 50)
    }
    s.runFrame()
    expect(s.drawn).toHaveLength(4)
    s.runFrame()
    s.runFrame()
    expect(s.drawn).toHaveLength(10)
    expect(s.frames).toEqual([])
  })

  it('goes on after a chart that fails, and reports it', () => {
    const test = testPage()
    const redraws = new Redraws(test.page)
    const drawn: string[] = []
    const failing: Drawing<object> = {
      element: {},
      small: false,
      draw: () => {
        throw new Error('broken')
      },
    }
    const working: Drawing<object> = { element: {}, small: false, draw: () => drawn.push('ok') }
    for (const drawing of [failing, working]) {
      redraws.add(drawing)
      test.visibilities.get(drawing.element)?.(true)
      test.sizes.get(drawing.element)?.({ width: 1, height: 1 })
    }
    test.runFrame()
    test.runFrame()
    expect(test.errors).toEqual([new Error('broken')])
    expect(drawn).toEqual(['ok'])
  })

  it('forgets what was removed', () => {
    const s = scene(1)
    s.show(0)
    s.resize(0, 100)
    s.items[0]!.handle.remove()
    s.runFrame()
    s.items[0]!.handle.request()
    s.state.change?.('theme')
    expect(s.drawn).toEqual([])
    expect(s.frames).toEqual([])
    expect([s.sizes.size, s.visibilities.size]).toEqual([0, 0])
  })
})
