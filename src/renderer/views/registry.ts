import type { Component } from 'vue'
import HostsView from './HostsView.vue'
import LogsView from './LogsView.vue'
import MetricsView from './MetricsView.vue'
import MessagesView from './MessagesView.vue'
import OverviewView from './OverviewView.vue'
import QueuesView from './QueuesView.vue'
import SettingsView from './SettingsView.vue'

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
  { id: 'messages', title: 'Messages', key: '4', component: MessagesView },
  { id: 'queues', title: 'Queues', key: '5', component: QueuesView },
  { id: 'metrics', title: 'Metrics', key: '6', component: MetricsView },
  { id: 'settings', title: 'Settings', key: ',', component: SettingsView },
]
