import type { FileSystemUse } from '../../transport'
import { DiagnosticError } from '@shared/errors'
import type { Subject } from '../failures'
import type { SftpChannel } from './sftp-session'

/** Of statvfs@openssh.com (OpenSSH's PROTOCOL, section 4.4), as the library names them. */
interface StatVfs {
  readonly f_frsize: number
  readonly f_blocks: number
  readonly f_bfree: number
  readonly f_bavail: number
  readonly f_files: number
  readonly f_ffree: number
}

const fields = ['f_frsize', 'f_blocks', 'f_bfree', 'f_bavail', 'f_files', 'f_ffree'] as const

const isStatVfs = (value: unknown): value is StatVfs =>
  typeof value === 'object' &&
  value !== null &&
  fields.every((field) => typeof Reflect.get(value, field) === 'number')

/** Null for a path that is missing or refused; `unsupported` where the server does not know the request. */
export async function statvfs(
  channel: SftpChannel,
  path: string,
  subject: Subject,
): Promise<FileSystemUse | null | 'unsupported'> {
  try {
    const answer = await channel.request<unknown>(subject, (sftp, done) =>
      sftp.ext_openssh_statvfs(path, done),
    )
    return isStatVfs(answer) ? toUse(answer) : null
  } catch (thrown) {
    if (!(thrown instanceof DiagnosticError)) throw thrown
    const isUnknown =
      thrown.code === 'not-supported' || thrown.message.includes('does not support this extended request')
    return isUnknown ? 'unsupported' : null
  }
}

function toUse({ f_frsize: unit, f_blocks, f_bfree, f_bavail, f_files, f_ffree }: StatVfs): FileSystemUse {
  return {
    size: unit * f_blocks,
    free: unit * f_bfree,
    available: unit * f_bavail,
    inodes: f_files,
    inodesFree: f_ffree,
  }
}
