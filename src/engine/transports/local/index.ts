import type { Transport } from '../transport'
import type { LocalContext } from './context'
import { CostMeter } from './cost'
import { exec } from './exec'
import { FileSystems } from './file-systems'
import { FileReader } from './files'
import { Lifetime } from './lifetime'
import { openFile } from './polled-file'
import { openForReading } from './readable-file'
import { openTcp, openUnix } from './sockets'
import { spawnCommand } from './spawn'

/** The machine that the engine runs on. After `close` every operation fails with `connection-lost`. */
export function createLocalTransport(): Transport {
  const context: LocalContext = { lifetime: new Lifetime(), cost: new CostMeter() }
  const files = new FileReader(context)
  const fileSystems = new FileSystems(context)
  return {
    kind: 'local',
    label: 'this machine',
    exec: (command, options) => exec(context, command, options),
    spawn: (command, options) => spawnCommand(context, command, options),
    openTcp: (target, options) => openTcp(context, target, options),
    openUnix: (path, options) => openUnix(context, path, options),
    readFile: (path, options) => files.readFile(path, options),
    openFile: (path, options) => openFile(context, path, options),
    openForReading: (path, options) => openForReading(context, path, options),
    readDirectory: (path, options) => files.readDirectory(path, options),
    fileSystemUse: (paths, options) => fileSystems.use(paths, options),
    cost: () => context.cost.current(),
    close: () => context.lifetime.close(),
  }
}
