// What is sent to the service, and the curl command that sends the same.

/**
 * A user's message. Text alone stays a string, as most clients send it.
 * @param {string} text
 * @param {{url: string}[]} images data URLs
 */
export function userMessage(text, images) {
  if (images.length === 0) return { role: "user", content: text };
  const parts = images.map((image) => ({ type: "image_url", image_url: { url: image.url } }));
  return { role: "user", content: text ? [{ type: "text", text }, ...parts] : parts };
}

/**
 * The body of a chat completion request. What the person left blank is not sent, so that the
 * service's own defaults apply.
 */
export function requestBody(options, messages) {
  const body = {};
  if (options.model) body.model = options.model;
  const system = options.system.trim();
  body.messages = system ? [{ role: "system", content: system }, ...messages] : [...messages];
  if (options.temperature !== null) body.temperature = options.temperature;
  if (options.maxTokens !== null) body.max_completion_tokens = options.maxTokens;
  if (options.stream) {
    body.stream = true;
    body.stream_options = { include_usage: true };
  }
  return body;
}

/**
 * A command for a POSIX shell. The body is a here-document: nothing in it needs escaping, and an
 * image may be longer than one argument of a command can be.
 */
export function curlCommand(url, body, withToken) {
  const lines = [`curl ${body.stream ? "-N " : ""}'${url.replaceAll("'", "%27")}'`];
  if (withToken) lines.push(`  -H "Authorization: Bearer $TOKEN"`);
  lines.push(`  -H 'Content-Type: application/json'`, `  --data-binary @- <<'JSON'`);
  return `${lines.join(" \\\n")}\n${JSON.stringify(body, null, 2)}\nJSON`;
}

/** The command with image data cut short, for the eye. */
export function shortened(command) {
  return command.replace(/(data:image\/[a-z+]+;base64,.{12})[A-Za-z0-9+/=]{40,}/g, "$1…");
}
