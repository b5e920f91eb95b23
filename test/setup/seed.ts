import fc from 'fast-check'

const { TEST_SEED } = process.env
if (TEST_SEED) fc.configureGlobal({ seed: Number(TEST_SEED) })
