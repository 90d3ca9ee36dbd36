import type { TransportForm } from '@shared/model/form'

/** This machine is in the list of hosts by itself: there is nothing to fill in. */
export const localForm: TransportForm = {
  transport: 'local',
  title: 'This machine',
  offered: false,
  scheme: '',
  example: '',
  fields: [],
}
