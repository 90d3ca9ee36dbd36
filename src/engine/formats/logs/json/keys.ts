import type { KeyNames } from '../key-table'

/**
 * Keys of structured logs, the most telling first: bunyan and pino, zap, slog, zerolog, logrus, Python's json
 * formatters, logstash, Elastic's common schema (nested, or with dots in the key), Serilog, OpenTelemetry, tracing.
 */
export const jsonKeys = {
  time: [
    'time',
    'ts',
    'timestamp',
    '@timestamp',
    '@t',
    'datetime',
    'date',
    'asctime',
    'Timestamp',
    'Time',
    'eventTime',
    'created',
    't',
  ],
  level: [
    'level',
    'severity',
    'lvl',
    'loglevel',
    'log_level',
    'logLevel',
    'levelname',
    'log.level',
    '@l',
    'Level',
    'Severity',
    'severityText',
    'SeverityText',
    'severity_text',
    'severityNumber',
    'SeverityNumber',
    'severity_number',
    'levelno',
  ],
  host: ['host', 'hostname', 'host.name', 'host.hostname', 'Host', 'node', 'instance'],
  process: [
    'process',
    'process.name',
    'name',
    'service',
    'service.name',
    'app',
    'application',
    'program',
    'ident',
    'appname',
    'processName',
  ],
  pid: ['pid', 'process.pid', 'process_id', 'processId', 'PID'],
  module: ['module', 'logger', 'log.logger', 'logger_name', 'loggerName', 'component', 'target', 'subsystem'],
  thread: [
    'thread',
    'thread_name',
    'threadName',
    'thread_id',
    'threadId',
    'tid',
    'process.thread.name',
    'process.thread.id',
  ],
  task: ['task', 'task_id', 'taskId', 'trace.id', 'trace_id', 'traceId', 'request_id', 'requestId'],
  text: ['text', 'msg', 'message', '@m', 'Message', 'short_message', 'body', 'Body', '@mt', 'event'],
} as const satisfies KeyNames

/**
 * Fields of journald's JSON export (systemd.journal-fields(7), JOURNAL_EXPORT_FORMATS: "Journal JSON Format"): values
 * are strings, arrays of byte values where a text is no UTF-8, null where it was too long, and arrays of these where
 * an entry has the field several times. Times are microseconds.
 */
export const journaldKeys = {
  time: ['__REALTIME_TIMESTAMP', '_SOURCE_REALTIME_TIMESTAMP'],
  level: ['PRIORITY'],
  host: ['_HOSTNAME'],
  process: ['SYSLOG_IDENTIFIER', '_COMM'],
  pid: ['_PID', 'SYSLOG_PID'],
  thread: ['TID'],
  text: ['MESSAGE'],
  unit: ['_SYSTEMD_UNIT', 'UNIT', '_SYSTEMD_USER_UNIT'],
} as const satisfies KeyNames
