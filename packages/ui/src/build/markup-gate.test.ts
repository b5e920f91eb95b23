import { expect, it } from 'vitest'
import { markupFaults, pageFaults } from './markup-gate.ts'

const GOOD = 'p=t?.createPolicy(`x`,{});e.innerHTML=p?p.createHTML(m):m;e.innerHTML="";e.innerHTML==x;'

it('passes one policy and one place that makes markup', () => {
  expect(markupFaults(GOOD)).toEqual([])
})

it.each([
  [`${GOOD}f.innerHTML=name`, 'markup is made from text in 2 places, not in one'],
  [`${GOOD}f.innerHTML = \`<b>\``, 'markup is made from text in 2 places, not in one'],
  [`${GOOD}t.createPolicy('y',{})`, '2 Trusted Types policies, not one'],
])('finds the planted fault in %s', (code, fault) => {
  expect(markupFaults(code)).toEqual([fault])
})

it('finds a build without the module that makes markup', () => {
  expect(markupFaults('')).toHaveLength(2)
})

it('passes a page of files alone', () => {
  expect(
    pageFaults('<script src="./theme.js"></script><script type="module" crossorigin src="./a.js"></script>'),
  ).toEqual([])
})

it.each(['<script>x()</script>', '<style>a{}</style>', '<p style="color:red">', '<p onclick="x()">'])(
  'finds %s in a page',
  (html) => {
    expect(pageFaults(html)).toHaveLength(1)
  },
)
