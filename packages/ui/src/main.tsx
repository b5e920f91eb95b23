import './styles/tokens.css'
import './styles/base.css'
import { render } from 'solid-js/web'
import { App } from './App.tsx'

const host = document.getElementById('app')
if (host) {
  host.replaceChildren()
  render(() => <App />, host)
}
