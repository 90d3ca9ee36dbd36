import { spawn } from 'node:child_process'
import type { Command } from '../transport'
import type { LocalContext } from './context'
import { commandEnvironment } from './environment'
import { systemError, type Subject } from './failures'
import { ProcessGroup, type GroupLeader } from './process-group'

const longestShown = 160

export function commandSubject(command: Command): Subject {
  const text = command.join(' ')
  const where = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
  return {
    doing: `Running ${command[0]}`,
    where,
    hints: {
      'not-found': `Install ${command[0]}, or name it with its whole path: it is looked up in ${commandEnvironment()['PATH'] ?? ''}.`,
      'permission-denied': `${command[0]} must be an executable file that the console's user may run.`,
    },
  }
}

/** Starts a command without a shell; rejects with `not-found`, `permission-denied` and the like. */
export async function startGroup(
  context: LocalContext,
  command: Command,
  input: 'pipe' | 'ignore',
  subject: Subject,
): Promise<ProcessGroup> {
  try {
    const leader = launch(command, input)
    if (leader.pid !== undefined) return new ProcessGroup(leader, leader.pid, context)
    throw await new Promise<Error>((resolve) => leader.once('error', resolve))
  } catch (thrown) {
    throw systemError(thrown, subject)
  }
}

function launch([program, ...args]: Command, input: 'pipe' | 'ignore'): GroupLeader {
  // The directory is fixed so that no mount is kept busy and no relative path depends on the start.
  const options = { detached: true, cwd: '/', env: commandEnvironment() }
  // Without input a command gets /dev/null: with a pipe that ends at once, some wait or ask.
  return input === 'pipe'
    ? spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] })
    : spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
}
