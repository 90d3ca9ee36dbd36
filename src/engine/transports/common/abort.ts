const nothing = (): void => undefined

interface FanOut {
  readonly callbacks: Set<() => void>
  readonly listener: () => void
}

/** One listener for each signal, because Node warns of a leak when a source opens its eleventh file on one. */
const fanOuts = new WeakMap<AbortSignal, FanOut>()

/** Calls back once when the signal is aborted, now if it is already; returns how to stop listening. */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined) return nothing
  if (signal.aborted) {
    callback()
    return nothing
  }
  const { callbacks, listener } = fanOuts.get(signal) ?? listen(signal)
  const call = (): void => callback()
  callbacks.add(call)
  return () => {
    if (!callbacks.delete(call) || callbacks.size > 0) return
    signal.removeEventListener('abort', listener)
    fanOuts.delete(signal)
  }
}

function listen(signal: AbortSignal): FanOut {
  const callbacks = new Set<() => void>()
  const listener = (): void => {
    for (const callback of callbacks) callback()
    callbacks.clear()
  }
  const fanOut = { callbacks, listener }
  fanOuts.set(signal, fanOut)
  signal.addEventListener('abort', listener, { once: true })
  return fanOut
}
