import type { Duplex } from 'node:stream'
import { DiagnosticError } from '@shared/errors'
import type {
  Command,
  ExecResult,
  FileSystemUse,
  PolledFile,
  RunningCommand,
  Transport,
} from '../../../transports/transport'

const encoder = new TextEncoder()

/** A host made of texts: kernels and faults that no machine at hand has. */
export class ScriptedHost implements Transport {
  readonly kind = 'scripted'
  readonly label = 'scripted host'
  /** Content by path; an error is thrown by the read. */
  readonly files = new Map<string, string | Uint8Array | DiagnosticError>()
  readonly uses = new Map<string, FileSystemUse>()
  /** Output by command line. */
  readonly commands = new Map<string, string>()
  /** Every operation fails with it. */
  failure: DiagnosticError | null = null
  openHandles = 0
  handleLimit = Infinity
  reads = 0
  /** Called at each opening and each reading of a file. */
  onRead: () => void = () => undefined
  readonly executed: string[] = []

  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [path, content] of Object.entries(files)) this.files.set(path, content)
  }

  #read(path: string): Uint8Array {
    this.reads++
    this.onRead()
    if (this.failure !== null) throw this.failure
    const content = this.files.get(path)
    if (content === undefined)
      throw new DiagnosticError('not-found', `${path} does not exist.`, { where: path })
    if (content instanceof DiagnosticError) throw content
    return typeof content === 'string' ? encoder.encode(content) : content
  }

  readFile(path: string): Promise<Uint8Array> {
    return attempt(() => this.#read(path))
  }

  openFile(path: string): Promise<PolledFile> {
    return attempt(() => {
      this.#read(path)
      if (this.openHandles >= this.handleLimit)
        throw new DiagnosticError('limit-exceeded', 'Too many open files.')
      this.openHandles++
      let open = true
      return {
        path,
        read: () => attempt(() => this.#read(path)),
        close: () =>
          attempt(() => {
            if (open) this.openHandles--
            open = false
          }),
      }
    })
  }

  openForReading(path: string): Promise<never> {
    return Promise.reject(new DiagnosticError('not-supported', `${path} can only be read whole.`))
  }

  readDirectory(path: string): Promise<string[]> {
    return attempt(() => {
      if (this.failure !== null) throw this.failure
      const prefix = path.endsWith('/') ? path : `${path}/`
      const inside = [...this.files.keys()].filter((file) => file.startsWith(prefix))
      if (inside.length === 0)
        throw new DiagnosticError('not-found', `${path} does not exist.`, { where: path })
      return [...new Set(inside.map((file) => file.slice(prefix.length).split('/')[0] ?? ''))]
    })
  }

  fileSystemUse(paths: readonly string[]): Promise<(FileSystemUse | null)[]> {
    return attempt(() => {
      if (this.failure !== null) throw this.failure
      return paths.map((path) => this.uses.get(path) ?? null)
    })
  }

  exec(command: Command): Promise<ExecResult> {
    return attempt(() => {
      const line = command.join(' ')
      this.executed.push(line)
      const output = this.commands.get(line)
      return {
        exit: { code: output === undefined ? 127 : 0, signal: null },
        stdout: encoder.encode(output ?? ''),
        stderr: new Uint8Array(0),
        dropped: 0,
      }
    })
  }

  spawn(): Promise<RunningCommand> {
    return refuse()
  }
  openTcp(): Promise<Duplex> {
    return refuse()
  }
  openUnix(): Promise<Duplex> {
    return refuse()
  }
  cost(): { cpuSeconds: null; bytesRead: number; bytesWritten: number } {
    return { cpuSeconds: null, bytesRead: 0, bytesWritten: 0 }
  }
  close(): Promise<void> {
    return Promise.resolve()
  }
}

async function attempt<T>(work: () => T): Promise<T> {
  await Promise.resolve()
  return work()
}

const refuse = (): Promise<never> =>
  Promise.reject(new DiagnosticError('not-supported', 'A scripted host offers files only.'))
