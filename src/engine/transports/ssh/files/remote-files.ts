import type { FileSystemUse, OperationOptions, PolledFile, ReadableFile, ReadOptions } from '../../transport'
import type { Connection } from '../connection'
import type { Subject } from '../failures'

/** How files of the host are read: by SFTP, or by a shell that stays. */
export interface RemoteFiles {
  readFile(path: string, options?: ReadOptions): Promise<Uint8Array>
  openFile(path: string, options?: OperationOptions): Promise<PolledFile>
  openForReading(path: string, options?: OperationOptions): Promise<ReadableFile>
  readDirectory(path: string, options?: OperationOptions): Promise<string[]>
  fileSystemUse(paths: readonly string[], options?: OperationOptions): Promise<(FileSystemUse | null)[]>
  close(): void
}

/** A second session, for what may hang, is given up when it was not used for so long, milliseconds. */
export const asideIdle = 30_000
/** With fewer sessions than this there is no room for a second one. */
export const sessionsForAside = 3

export const defaultMaxBytes = 16 * 1024 * 1024

export const fileSubject = (connection: Connection, doing: string, path: string): Subject => ({
  doing: `${doing} ${path} on ${connection.target.host}`,
  where: `${connection.label}: ${path}`,
  hints: {
    'not-found': 'The kernel or system of the host may not offer it; check the path.',
    'permission-denied': `The account ${connection.target.user} must be allowed to read it.`,
    timeout: 'Its file system does not answer, or the host is overloaded: a network mount may hang.',
  },
})

/** Made up by the kernel from memory: reading them waits for no disk and no server. */
export const isKernelFile = (path: string): boolean => /^\/(?:proc|sys)\//.test(path) && !leadsOut.test(path)

const leadsOut = /^\/proc\/.*\/(?:fd|map_files|root|cwd|exe)(?:\/|$)/
