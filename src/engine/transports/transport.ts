import type { Duplex, Readable, Writable } from 'node:stream'

/**
 * How a host is reached. Sources see this interface only, so that every source works over every transport.
 * Each operation takes an AbortSignal and has a deadline; each failure is a DiagnosticError that names
 * the host, the path or the command.
 */
export interface Transport {
  /** `local`, `ssh`, `http`. */
  readonly kind: string
  /** For people: "this machine", "ssh root@xcp1:22". */
  readonly label: string

  /** Runs a command to its end and collects its output. A non-zero exit is a result, not an error. */
  exec(command: Command, options?: ExecOptions): Promise<ExecResult>
  /** Starts a command that goes on; the caller reads its output until `done`. */
  spawn(command: Command, options?: SpawnOptions): Promise<RunningCommand>
  openTcp(target: TcpTarget, options?: OperationOptions): Promise<Duplex>
  openUnix(path: string, options?: OperationOptions): Promise<Duplex>
  /** The whole file; refused with `limit-exceeded` beyond `maxBytes` (default 16 MiB). */
  readFile(path: string, options?: ReadOptions): Promise<Uint8Array>
  /** A file that is read again and again from its beginning, on a handle kept open. */
  openFile(path: string, options?: OperationOptions): Promise<PolledFile>
  /** A file that is read at any place for as long as it is open; only regular files. */
  openForReading(path: string, options?: OperationOptions): Promise<ReadableFile>
  /** Names in a directory, unsorted, without `.` and `..`. */
  readDirectory(path: string, options?: OperationOptions): Promise<string[]>
  /** Size and use of the file systems mounted at these paths; null where one does not answer. */
  fileSystemUse(paths: readonly string[], options?: OperationOptions): Promise<(FileSystemUse | null)[]>

  /** What this transport has cost the host so far. */
  cost(): TransportCost
  /** Ends everything that was opened here, remote process groups included. Safe to call twice. */
  close(): Promise<void>
}

/** An argument vector: no shell unless the caller names one. */
export type Command = readonly [program: string, ...args: string[]]

/** For what stays open (a running command, socket, polled file): the deadline limits the opening only. */
export interface OperationOptions {
  /** Ends the operation, and for as long as it lives what the operation opened. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds; every operation has a default, none waits for ever. */
  readonly deadline?: number | undefined
}

export interface SpawnOptions extends OperationOptions {
  /**
   * False for a command that needs no input: it gets an empty one, writing to `stdin` fails, and over SSH its
   * end costs the host nothing to watch for. Default true.
   */
  readonly stdin?: boolean | undefined
}

export interface ReadOptions extends OperationOptions {
  readonly maxBytes?: number | undefined
}

export interface ReadAtOptions extends OperationOptions {
  /** Where the bytes may be put if they fit; not to be touched until the answer is there, nor after a failure. */
  readonly into?: Uint8Array | undefined
}

export interface ExecOptions extends OperationOptions {
  readonly input?: Uint8Array | string | undefined
  /** Of stdout and stderr each; what is beyond is read, dropped and counted. Default 16 MiB. */
  readonly maxBytes?: number | undefined
}

export interface ExecResult {
  readonly exit: Exit
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  /** Bytes dropped beyond `maxBytes`. */
  readonly dropped: number
}

/** Only `{ code: 0 }` is success. */
export type Exit =
  { readonly code: number; readonly signal: null } | { readonly code: null; readonly signal: string }

export interface RunningCommand {
  readonly stdin: Writable
  readonly stdout: Readable
  /** Drained whether or not anybody reads it; the last 64 KiB are kept here. */
  stderrTail(): string
  /** Settles once, after both output streams ended. */
  readonly done: Promise<Exit>
  /** Ends the whole process group: TERM, then KILL after a grace period. */
  end(): Promise<void>
}

export interface TcpTarget {
  readonly host: string
  readonly port: number
}

export interface PolledFile {
  readonly path: string
  /** The content now. The array is valid until the next read of the same file. */
  read(options?: OperationOptions): Promise<Uint8Array>
  /**
   * Those parts now, each of its own moment, shorter where the file ends. Offered only where a part costs less than
   * the whole.
   */
  readParts?(parts: readonly FilePart[], options?: OperationOptions): Promise<Uint8Array[]>
  close(): Promise<void>
}

export interface ReadableFile {
  readonly path: string
  /** It stays with its file when the name is given to another one; where false it reads what has the name now. */
  readonly staysWithFile: boolean
  /**
   * Up to `length` bytes from `position` on, fewer where the file ends. The array is the caller's. Fails with
   * `connection-lost` also where only the handle was given up: then the file may be opened anew.
   */
  readAt(position: number, length: number, options?: ReadAtOptions): Promise<Uint8Array>
  status(options?: OperationOptions): Promise<FileStatus>
  close(): Promise<void>
}

export interface FileStatus {
  /** Bytes. */
  readonly size: number
  /** Time of the last change, epoch milliseconds; null where unknown. */
  readonly modified: number | null
  /** The same text for the same file, whatever its name; null where unknown. */
  readonly identity: string | null
}

/** Bytes. */
export interface FilePart {
  readonly start: number
  readonly length: number
}

/** Bytes. `available` is what an unprivileged user may still write. */
export interface FileSystemUse {
  readonly size: number
  readonly free: number
  readonly available: number
  readonly inodes: number
  readonly inodesFree: number
}

export interface TransportCost {
  /** CPU the host spent for this console, seconds; null where it cannot be known. */
  readonly cpuSeconds: number | null
  /**
   * When `cpuSeconds` was read, milliseconds of a clock that never jumps; left out where it is of this moment. The same
   * time again means the same reading, not that nothing was used.
   */
  readonly cpuReadAt?: number
  readonly bytesRead: number
  readonly bytesWritten: number
}
