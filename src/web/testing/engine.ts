import type { Carrier } from '@shared/rpc/carrier'

/** Stands in for the engine in tests of the shell: echoes, and misbehaves on request. */
export function createEngine({ version }: { version: string }): Promise<{
  serve: (carrier: Carrier) => void
  close: () => Promise<void>
}> {
  const startDelay = Number(process.env['TEST_ENGINE_START_DELAY'] ?? 0)
  if (process.env['TEST_ENGINE_FAILS']) return Promise.reject(new Error('told to fail'))
  const engine = { serve: (carrier: Carrier) => serve(carrier, version), close: () => Promise.resolve() }
  return new Promise((resolve) => setTimeout(() => resolve(engine), startDelay))
}

function serve(carrier: Carrier, version: string): void {
  carrier.onMessage((message) => {
    if (message === 'die') process.exit(3)
    else if (message === 'throw') throw new Error('told to throw')
    else if (message === 'close') carrier.close()
    else if (message === 'flood') flood(carrier)
    else if (message === 'block') block(1_500)
    else if (message === 'babble') for (let word = 0; word < 3; word++) process.send?.({ type: 'word', word })
    else carrier.post({ echo: message, pid: process.pid, version })
  })
}

/** Sends without regard to credit, as a broken engine would. */
function flood(carrier: Carrier): void {
  const megabyte = new Uint8Array(1024 * 1024)
  for (let sent = 0; sent < 256; sent++) carrier.post(megabyte)
}

function block(milliseconds: number): void {
  const until = performance.now() + milliseconds
  while (performance.now() < until);
}
