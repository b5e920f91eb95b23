import { cleanup } from '@solidjs/testing-library'
import { afterEach } from 'vitest'

// the library does so by itself only where afterEach is a global
afterEach(cleanup)
