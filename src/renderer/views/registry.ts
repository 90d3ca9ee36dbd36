import type { Component } from 'vue'
import HostsView from './HostsView.vue'
import LogsView from './LogsView.vue'
import OverviewView from './OverviewView.vue'

export interface ViewEntry {
  /** As in the address: `#/overview`. */
  readonly id: string
  readonly title: string
  readonly key: string
  readonly component: Component
}

/** The views there are; the first is the start. */
export const views: readonly [ViewEntry, ...ViewEntry[]] = [
  { id: 'overview', title: 'Overview', key: '1', component: OverviewView },
  { id: 'hosts', title: 'Hosts', key: '2', component: HostsView },
  { id: 'logs', title: 'Logs', key: '3', component: LogsView },
]
