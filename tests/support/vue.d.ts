/** Components as tests see them; vue-tsc checks what they really take. */
declare module '*.vue' {
  import type { Component } from 'vue'

  const component: Component
  export default component
}
