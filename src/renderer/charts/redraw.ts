import { onThemeChange } from './theme'

/** Content size of an element, CSS pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** One thing that draws itself into an element. */
export interface Drawing<Target = Element> {
  readonly element: Target
  /** Small drawings (sparklines) share a frame; of the others one is drawn in each. */
  readonly small: boolean
  draw(size: Size): void
}

export interface RedrawHandle {
  /** It changed: draws it in a coming frame, once it is on screen. */
  request(): void
  remove(): void
}

/** What the scheduler needs of a page. */
export interface Page<Target> {
  /** Calls back before the next frame. */
  nextFrame(callback: () => void): void
  /** Milliseconds of a clock that never goes back. */
  now(): number
  hidden(): boolean
  /** Calls back with the content size of an element, and again when it changes. */
  watchSize(element: Target, callback: (size: Size) => void): () => void
  /** Calls back when an element comes on or goes off screen. */
  watchVisibility(element: Target, callback: (visible: boolean) => void): () => void
  /** Calls back when all must be drawn anew: another theme, or the page shown again. */
  watchPage(callback: (change: 'theme' | 'shown') => void): void
  report(error: unknown): void
}

interface Entry<Target> {
  readonly drawing: Drawing<Target>
  size: Size | null
  visible: boolean
  dirty: boolean
}

/** Small drawings stop after so many milliseconds in a frame and go on in the next. */
const smallBudget = 4

/**
 * Draws what is visible and changed, at most one chart in a frame, so that a page of fifty charts never
 * blocks for fifty drawings. What is not visible stays asked for until it is.
 */
export class Redraws<Target = Element> {
  readonly #page: Page<Target>
  readonly #entries = new Set<Entry<Target>>()
  readonly #queue = new Set<Entry<Target>>()
  #scheduled = false

  constructor(page: Page<Target>) {
    this.#page = page
    page.watchPage((change) => {
      if (change === 'theme') for (const entry of this.#entries) this.#request(entry)
      this.#schedule()
    })
  }

  add(drawing: Drawing<Target>): RedrawHandle {
    const entry: Entry<Target> = { drawing, size: null, visible: false, dirty: true }
    this.#entries.add(entry)
    const stopSize = this.#page.watchSize(drawing.element, (size) => {
      entry.size = size
      this.#request(entry)
    })
    const stopVisibility = this.#page.watchVisibility(drawing.element, (visible) => {
      entry.visible = visible
      if (entry.dirty) this.#request(entry)
    })
    return {
      request: () => this.#request(entry),
      remove: () => {
        stopSize()
        stopVisibility()
        this.#entries.delete(entry)
        this.#queue.delete(entry)
      },
    }
  }

  #request(entry: Entry<Target>): void {
    entry.dirty = true
    if (!entry.visible || !entry.size || !this.#entries.has(entry)) return
    this.#queue.add(entry)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.size === 0 || this.#page.hidden()) return
    this.#scheduled = true
    this.#page.nextFrame(() => {
      this.#scheduled = false
      if (!this.#page.hidden()) this.#drawSome()
      this.#schedule()
    })
  }

  #drawSome(): void {
    const begin = this.#page.now()
    let large = 0
    for (const entry of this.#queue) {
      const due = entry.drawing.small ? this.#page.now() - begin < smallBudget : large++ === 0
      if (due) this.#draw(entry)
    }
  }

  #draw(entry: Entry<Target>): void {
    this.#queue.delete(entry)
    if (!entry.visible || !entry.size) return
    entry.dirty = false
    try {
      entry.drawing.draw(entry.size)
    } catch (error) {
      // One chart that fails must not stop the others.
      this.#page.report(error)
    }
  }
}

/** A little beyond the edges of the screen, so that what is scrolled to is there already. */
const nearScreen = '80px'

function browserPage(): Page<Element> {
  const sizes = new Map<Element, (size: Size) => void>()
  const visibilities = new Map<Element, (visible: boolean) => void>()
  const resizes = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      sizes.get(target)?.({ width: contentRect.width, height: contentRect.height })
    }
  })
  const intersections = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) visibilities.get(target)?.(isIntersecting)
    },
    { rootMargin: nearScreen },
  )
  return {
    nextFrame: (callback) => void requestAnimationFrame(callback),
    now: () => performance.now(),
    hidden: () => document.hidden,
    watchSize: (element, callback) => observe(resizes, sizes, element, callback),
    watchVisibility: (element, callback) => observe(intersections, visibilities, element, callback),
    watchPage: (callback) => {
      onThemeChange(() => callback('theme'))
      document.addEventListener('visibilitychange', () => callback('shown'))
    },
    report: (error) => reportError(error),
  }
}

function observe<T>(
  observer: ResizeObserver | IntersectionObserver,
  callbacks: Map<Element, T>,
  element: Element,
  callback: T,
): () => void {
  callbacks.set(element, callback)
  observer.observe(element)
  return () => {
    observer.unobserve(element)
    callbacks.delete(element)
  }
}

let page: Redraws | null = null

/** The page's one scheduler. */
export function redraws(): Redraws {
  page ??= new Redraws(browserPage())
  return page
}
