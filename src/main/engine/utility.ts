import { MessageChannelMain, utilityProcess, type MessagePortMain } from 'electron'
import { build } from '../places'
import { EngineHost, type EngineHostOptions } from './engine-host'

/** The engine in a utilityProcess of Electron's. */
export const createEngineHost = (
  options: Omit<EngineHostOptions<MessagePortMain>, 'fork'>,
): EngineHost<MessagePortMain> =>
  new EngineHost({
    ...options,
    fork: () =>
      utilityProcess.fork(build.engine, [], {
        serviceName: 'XCP diagnostic engine',
        stdio: ['ignore', 'inherit', 'inherit'],
        execArgv: [],
      }),
  })

export function createChannel(): [MessagePortMain, MessagePortMain] {
  const { port1, port2 } = new MessageChannelMain()
  return [port1, port2]
}
