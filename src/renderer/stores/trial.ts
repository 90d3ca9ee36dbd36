import type { DiagnosticError } from '@shared/errors'
import { toWireError } from '@shared/errors'
import type { TrialStep } from '@shared/model/connection'
import type { SavedHost } from '@shared/model/saved-host'
import { computed, onScopeDispose, shallowReadonly, shallowRef, type ComputedRef, type Ref } from 'vue'
import { useLink } from '../link/link'
import { stagesOfTrial } from './stages'

export interface Trial {
  readonly start: (host: SavedHost) => void
  /** Ends the trial, or forgets its outcome. */
  readonly stop: () => void
  readonly running: Readonly<Ref<boolean>>
  readonly stages: ComputedRef<ReturnType<typeof stagesOfTrial>>
  readonly outcome: ComputedRef<TrialStep['outcome']>
}

/** Tries a connection without keeping it; ends with the component it is used in. */
export function useTrial(): Trial {
  const { client } = useLink()
  const steps = shallowRef<readonly TrialStep[]>([])
  const running = shallowRef(false)
  let current = new AbortController()

  function stop(): void {
    current.abort()
    running.value = false
    steps.value = []
  }

  function start(host: SavedHost): void {
    stop()
    const rpc = client.value
    if (!rpc) return
    const trial = new AbortController()
    current = trial
    running.value = true
    const fail = (error: DiagnosticError): void => {
      const last = steps.value.at(-1)
      const outcome = { kind: 'failed', error: toWireError(error) } as const
      steps.value = [...steps.value, { stage: last?.stage ?? 'resolve', hop: last?.hop ?? null, outcome }]
      running.value = false
    }
    const subscription = rpc.subscribe(
      'hosts.try',
      { host },
      {
        next(step) {
          steps.value = [...steps.value, step]
          if (step.outcome) running.value = false
        },
        error: fail,
        end: () => (running.value = false),
      },
    )
    trial.signal.addEventListener('abort', () => subscription.close(), { once: true })
  }

  onScopeDispose(stop)
  return {
    start,
    stop,
    running: shallowReadonly(running),
    stages: computed(() => (steps.value.length > 0 || running.value ? stagesOfTrial(steps.value) : [])),
    outcome: computed(() => steps.value.at(-1)?.outcome ?? null),
  }
}
