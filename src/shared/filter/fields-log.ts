import type { FieldInfo, FieldSet } from './fields'
import { levelNames } from './levels'

const lights: readonly string[] = ['green', 'amber', 'red']

/** Fields that log and message rows share. */
export const timeField: FieldInfo = { name: 'time', type: 'time', description: 'when it happened' }
export const alarmField: FieldInfo = {
  name: 'alarm',
  type: 'text',
  description: 'light of the alarm that the row reports',
  values: lights,
}

/** Fields of a log row; those of a JSON line come from `withSeenFields`. */
export const logFields: FieldSet = [
  timeField,
  { name: 'host', type: 'text', description: 'host that wrote the line' },
  { name: 'source', type: 'text', description: 'file or journal unit' },
  { name: 'process', type: 'text', description: 'program that wrote the line', verbatim: true },
  { name: 'pid', type: 'number', description: 'process id', verbatim: true },
  { name: 'level', type: 'level', description: 'severity', values: levelNames },
  { name: 'severity', type: 'level', description: 'the same as level', values: levelNames },
  { name: 'module', type: 'text', description: 'part of the program', verbatim: true },
  { name: 'thread', type: 'text', description: 'thread number and name', verbatim: true },
  { name: 'task', type: 'text', description: 'task name and its id, such as R:5f3a1c0d', verbatim: true },
  { name: 'text', type: 'text', description: 'the message without its head', verbatim: true },
  alarmField,
]
