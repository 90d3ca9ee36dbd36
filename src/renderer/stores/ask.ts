import type { CallName, CallParams, CallResult } from '@shared/contract'
import { DiagnosticError } from '@shared/errors'
import { useLink } from '../link/link'

export type Ask = <N extends CallName>(
  name: N,
  params: CallParams<N>,
  signal?: AbortSignal,
) => Promise<CallResult<N>>

/** Calls the engine; rejects with `connection-lost` at once where there is none. */
export function useAsk(): Ask {
  const { client } = useLink()
  return async (name, params, signal) => {
    if (!client.value) {
      throw new DiagnosticError('connection-lost', 'There is no connection to the engine.', {
        where: name,
        hint: 'Nothing was sent: try again once the console is connected.',
      })
    }
    return client.value.call(name, params, { signal })
  }
}

export const asDiagnostic = (error: unknown): DiagnosticError =>
  error instanceof DiagnosticError ? error : new DiagnosticError('internal', String(error))
