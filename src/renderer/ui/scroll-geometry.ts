/** A scrollbar over positions, which may be millions: more than the browser's own could reach. */
export interface ScrollExtent {
  /** First position, and behind the last one. */
  readonly first: number
  readonly end: number
  /** Position at the upper edge of the screen, and how many fit on it. */
  readonly top: number
  readonly page: number
}

export interface Thumb {
  /** CSS pixels along the track. */
  readonly start: number
  readonly length: number
}

/** Shorter could not be grasped. */
const shortest = 24

export const lastTop = ({ first, end, page }: ScrollExtent): number => Math.max(first, end - page)

/** Null where everything fits. */
export function thumbOf(extent: ScrollExtent, track: number): Thumb | null {
  const { first, end, top, page } = extent
  const rows = end - first
  if (rows <= page || track <= shortest) return null
  const length = Math.max(shortest, Math.min(track, (page / rows) * track))
  const travel = lastTop(extent) - first
  const share = Math.min(1, Math.max(0, (top - first) / travel))
  return { start: share * (track - length), length }
}

/** The top that a thumb dragged to `start` means. */
export function topOfThumb(extent: ScrollExtent, track: number, start: number): number {
  const thumb = thumbOf(extent, track)
  if (!thumb) return extent.first
  const share = Math.min(1, Math.max(0, start / (track - thumb.length)))
  return extent.first + share * (lastTop(extent) - extent.first)
}
