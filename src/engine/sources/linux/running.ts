import type { RunningSource, SourceContext } from '../source'
import { readEnvironment } from './environment'
import { fileSystemInterval, FileSystemSampler } from './file-systems'
import { loadInterval, LoadSampler } from './load-sampler'
import { processInterval, ProcessSampler } from './processes'
import { runSchedule } from './schedule'

/** Milliseconds after which the load is read for the second time: there are no rates before that. */
const firstRates = 400
/**
 * Milliseconds after which processes are read for the second time, so that their CPU shows early;
 * from then on halfway between two samples of the load.
 */
const secondLook = 1_500

/** Starts sampling; rejects with the reason where no file at all can be read. */
export async function openLinux(given: SourceContext): Promise<RunningSource> {
  const stop = new AbortController()
  const onAbort = (): void => stop.abort(given.signal.reason)
  given.signal.addEventListener('abort', onAbort, { once: true })
  if (given.signal.aborted) onAbort()
  const context: SourceContext = { ...given, signal: stop.signal }
  const { clock, signal } = context

  const environment = await readEnvironment(context)
  const load = new LoadSampler(context, environment)
  const fileSystems = new FileSystemSampler(context)
  const processes = new ProcessSampler(context, environment)
  const release = async (): Promise<void> => {
    given.signal.removeEventListener('abort', onAbort)
    await Promise.all([load.close(), fileSystems.close(), processes.close()])
  }

  try {
    await load.start()
  } catch (thrown) {
    await release()
    throw thrown
  }
  const loops = [
    runSchedule({ clock, interval: loadInterval, second: firstRates, signal }, () => load.sample()),
    runSchedule({ clock, interval: fileSystemInterval, signal }, () => fileSystems.sample()),
    runSchedule({ clock, interval: processInterval, second: secondLook, signal }, () => processes.sample()),
  ]
  // Where one ends, all end; `done` settles when nothing is left open.
  const end = async (): Promise<void> => {
    stop.abort()
    await Promise.allSettled(loops)
    await release()
  }
  const done = Promise.all(loops).then(
    () => end(),
    async (reason: unknown) => {
      const ended = stop.signal.aborted
      await end()
      // What fails because it was being closed is no failure.
      if (!ended) throw reason
    },
  )
  // Who does not wait for `done` must not be ended by it.
  done.catch(() => undefined)
  return {
    interval: loadInterval,
    done,
    close: async () => {
      stop.abort()
      await done.catch(() => undefined)
    },
  }
}
