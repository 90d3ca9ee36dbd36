import type { Command } from '../../transport'
import type { Connection } from '../connection'
import type { Subject } from '../failures'

const longestShown = 160

export function commandSubject(connection: Connection, command: Command): Subject {
  const text = command.join(' ')
  const shown = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
  return {
    doing: `Running ${command[0]} on ${connection.target.host}`,
    where: `${connection.label}: ${shown}`,
  }
}
