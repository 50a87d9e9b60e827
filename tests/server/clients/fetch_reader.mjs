// A web page's way to read a stream: each chunk is split at newlines, nothing is kept for the next. It works as long as no line is split.
import assert from 'node:assert/strict'

const ask = async (path, body) => {
  const answer = await fetch(process.env.OLLAMA_HOST + path, { method: 'POST', body: JSON.stringify(body), headers: { Origin: 'http://localhost:3000' } })
  assert.equal(answer.headers.get('access-control-allow-origin'), 'http://localhost:3000')
  const reader = answer.body.getReader()
  const decoder = new TextDecoder()
  const found = []
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return found
    for (const line of decoder.decode(value).split('\n').filter((one) => one)) found.push(JSON.parse(line))
  }
}

for (let round = 0; round < 5; round++) {
  const parts = await ask('/api/generate', { model: 'echo', prompt: 'many' })
  assert.equal(parts.map((part) => part.response).join(''), Array.from({ length: 300 }, (_, number) => `word${number} `).join(''))
  assert.equal(parts.at(-1).done, true)
}
assert.equal((await ask('/api/create', { model: 'made-page', from: 'echo', system: 'S' })).at(-1).status, 'success')
console.log('done')
