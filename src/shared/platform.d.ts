/**
 * The few platform functions that Node, browsers and Electron share and that `shared` may use.
 * Compiled only with tsconfig.shared.json, so that nothing else of a platform slips in.
 */
/** A number in browsers, an object in Node. */
type PlatformTimer = number | object
declare function setTimeout(callback: () => void, milliseconds: number): PlatformTimer
declare function clearTimeout(timer: PlatformTimer | undefined): void
declare function setInterval(callback: () => void, milliseconds: number): PlatformTimer
declare function clearInterval(timer: PlatformTimer | undefined): void
declare const performance: { now(): number }
declare function queueMicrotask(callback: () => void): void

interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}
declare class AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean })
  decode(bytes: Uint8Array): string
}
