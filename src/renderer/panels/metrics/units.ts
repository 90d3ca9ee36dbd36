import type { Units } from '@shared/model/metrics'

/** What the value axis of a chart stands for, in words. */
export const unitTitles: Readonly<Record<Units, string>> = {
  ratio: 'Share',
  bytes: 'Bytes',
  'bytes/s': 'Bytes a second',
  seconds: 'Time',
  'requests/s': 'Requests a second',
  'packets/s': 'Packets a second',
  'errors/s': 'Errors a second',
  'events/s': 'Events a second',
  'messages/s': 'Messages a second',
  hertz: 'Frequency',
  watts: 'Power',
  celsius: 'Temperature',
  count: 'Count',
  '': 'Plain numbers',
}
