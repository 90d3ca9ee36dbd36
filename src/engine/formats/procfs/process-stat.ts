import { textOf } from './names'
import { ByteScanner } from './scanner'

/** What is wanted of /proc/<pid>/stat (man 5 proc_pid_stat). */
export interface ProcessStat {
  readonly pid: number
  /** As the kernel prints it: newline and backslash inside a name are escaped. */
  readonly name: string
  readonly state: string
  /** CPU time in user and kernel mode, ticks. */
  readonly ticks: number
  readonly threads: number
  /** Ticks after boot; tells a process from a later one with the same pid. */
  readonly startTime: number
  readonly residentPages: number
}

const openParenthesis = 40
const closeParenthesis = 41
/** Fields between the state and utime: ppid pgrp session tty_nr tpgid flags minflt cminflt majflt cmajflt. */
const beforeTimes = 10
/** cutime cstime priority nice. */
const beforeThreads = 4

const scanner = new ByteScanner()

/** Null for anything that is no such line. The name may hold blanks and parentheses: the last one ends it. */
export function parseProcessStat(bytes: Uint8Array): ProcessStat | null {
  const nameStart = bytes.indexOf(openParenthesis)
  const nameEnd = bytes.lastIndexOf(closeParenthesis)
  if (nameStart < 0 || nameEnd < nameStart) return null
  scanner.reset(bytes)
  const pid = scanner.integer()
  scanner.position = nameEnd + 1
  scanner.skipBlanks()
  const stateStart = scanner.position
  const state = scanner.skipField() - stateStart === 1 ? String.fromCharCode(bytes[stateStart] ?? 0) : ''
  skipFields(beforeTimes)
  const ticks = scanner.integer() + scanner.integer()
  skipFields(beforeThreads)
  const threads = scanner.integer()
  skipFields(1)
  const startTime = scanner.integer()
  skipFields(1)
  const residentPages = scanner.integer()
  if (Number.isNaN(pid + ticks + threads + startTime + residentPages) || !/^[A-Za-z]$/.test(state))
    return null
  return { pid, name: textOf(bytes, nameStart + 1, nameEnd), state, ticks, threads, startTime, residentPages }
}

function skipFields(count: number): void {
  for (let index = 0; index < count; index++) {
    scanner.skipBlanks()
    scanner.skipField()
  }
}
