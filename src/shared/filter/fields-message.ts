import type { FieldSet } from './fields'
import { alarmField, logFields, timeField } from './fields-log'

/** Fields of a message row. */
export const messageFields: FieldSet = [
  timeField,
  { name: 'queue', type: 'text', description: 'queue that carried the message', verbatim: true },
  { name: 'service', type: 'text', description: 'service that answers the queue', verbatim: true },
  { name: 'from', type: 'text', description: 'sender', verbatim: true },
  { name: 'to', type: 'text', description: 'receiver', verbatim: true },
  {
    name: 'kind',
    type: 'text',
    description: 'request, response or notification',
    values: ['request', 'response', 'notification'],
  },
  { name: 'id', type: 'text', description: 'message id', verbatim: true },
  { name: 'method', type: 'text', description: 'method called', verbatim: true },
  { name: 'task', type: 'text', description: 'task that the call belongs to', verbatim: true },
  { name: 'params', type: 'text', description: 'parameters, any path', open: true, verbatim: true },
  { name: 'result', type: 'text', description: 'result, any path', open: true, verbatim: true },
  { name: 'error', type: 'text', description: 'error, any path', open: true, verbatim: true },
  {
    name: 'status',
    type: 'text',
    description: 'pending, answered or lost',
    values: ['pending', 'answered', 'lost'],
  },
  { name: 'ok', type: 'bool', description: 'answered without an error', values: ['true', 'false'] },
  { name: 'latency', type: 'duration', description: 'time from request to response' },
  { name: 'age', type: 'duration', description: 'time since it was sent', since: 'time' },
  { name: 'size', type: 'size', description: 'bytes of the payload' },
  { name: 'truncated', type: 'bool', description: 'the payload was cut', values: ['true', 'false'] },
  alarmField,
]

/** Fields of views that show both; a name that both have means the same. */
export const allFields: FieldSet = [
  ...messageFields,
  ...logFields.filter(({ name }) => !messageFields.some((field) => field.name === name)),
]
