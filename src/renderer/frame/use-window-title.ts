import { watchEffect } from 'vue'
import { useHosts } from '../stores/hosts'
import { useProblems } from '../stores/problems'

/** The tab tells the host, and how many problems there are, also while another tab is in front. */
export function useWindowTitle(): void {
  const hosts = useHosts()
  const problems = useProblems()
  watchEffect(() => {
    const count = problems.list.length
    const parts = [hosts.selected?.name, 'XCP diagnostics'].filter(Boolean).join(' · ')
    document.title = count > 0 ? `▲ ${count} ${parts}` : parts
  })
}
