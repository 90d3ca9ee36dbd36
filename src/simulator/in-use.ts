import { connect } from 'node:net'
import { DiagnosticError } from '@shared/errors'

/** Fails with `conflict` where a program answers on that socket: two simulated hosts in one folder would end each other. */
export async function checkFree(socket: string, directory: string): Promise<void> {
  const answers = await new Promise<boolean>((resolve) => {
    const probe = connect(socket)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
  if (!answers) return
  throw new DiagnosticError('conflict', 'A simulated host runs in this folder already.', {
    where: directory,
    hint: 'Name another folder, or end the other one first.',
  })
}
