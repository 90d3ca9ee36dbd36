import { DiagnosticError } from '@shared/errors'
import { createCarrierPair } from '@shared/rpc/memory-carrier'
import type { Carrier } from '@shared/rpc/carrier'
import { createPinia } from 'pinia'
import { vi } from 'vitest'
import { createApp, effectScope, type EffectScope } from 'vue'
import { createLink, linkKey, type Link } from './link/link'
import { TestEngine } from './test-engine'

/** For tests only: the application's stores on a real link to a test engine, without a document. */
export interface TestApp {
  readonly engine: TestEngine
  readonly link: Link
  readonly storage: Map<string, string>
  /** Ends the connection as a dying engine does; no new one is made until `restore`. */
  cut(): void
  restore(): void
  /** Runs in the application's context, as the set-up of a component does. */
  run<T>(setUp: () => T): T
  close(): void
}

/** `answers` are the engine's, by call. Call in a test's set-up and `close` afterwards; `vi.unstubAllGlobals` takes the page's globals away. */
export function createTestApp(hash = '', answers?: ConstructorParameters<typeof TestEngine>[0]): TestApp {
  const storage = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => storage.set(key, value),
  })
  vi.stubGlobal('matchMedia', () => ({ matches: true, addEventListener: () => undefined }))
  const place = { hash }
  vi.stubGlobal('location', place)
  vi.stubGlobal('history', {
    state: null,
    replaceState: (_state: unknown, _title: string, to: string) => (place.hash = to),
  })
  vi.stubGlobal('addEventListener', () => undefined)
  vi.stubGlobal('HTMLElement', Event)

  const engine = new TestEngine(answers)
  let far: Carrier | null = null
  let down = false
  const link = createLink(() => {
    if (down) return Promise.reject(new DiagnosticError('unreachable', 'The engine does not answer.'))
    const [near, other] = createCarrierPair()
    far = other
    engine.serve(other)
    return Promise.resolve(near)
  })
  const app = createApp({})
  app.provide(linkKey, link)
  app.use(createPinia())
  const scope: EffectScope = effectScope()
  return {
    engine,
    link,
    storage,
    cut() {
      down = true
      far?.close()
    },
    restore() {
      down = false
      link.retry()
    },
    run: (setUp) => app.runWithContext(() => inScope(scope, setUp)),
    close() {
      scope.stop()
      link.close()
    },
  }
}

function inScope<T>(scope: EffectScope, setUp: () => T): T {
  const made = scope.run(() => ({ value: setUp() }))
  if (!made) throw new Error('the test application is closed')
  return made.value
}
