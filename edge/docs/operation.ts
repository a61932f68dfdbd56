import {
  type DescribedReference,
  isReference,
  type JsonSchema,
  type ListedOperation,
  type OpenApiDocument,
  type Parameter,
  type PostableKind,
  type ResponseObject,
  resolveReference,
} from '../openapi/document.ts';
import { curlOf, exampleBody, parametersOf } from './curl.ts';
import { exampleOf } from './example.ts';
import { html, type Markup, prose } from '../../shared/html.ts';
import { renderLimits, renderSchema, typeLabel } from './schema.ts';

/** One operation as a section: what it is, what it takes, what it answers, and a command that calls it. */
export function renderOperation(document: OpenApiDocument, listed: ListedOperation, baseUrl: string): Markup {
  const { method, path, operation } = listed;
  const { operationId, summary, description, deprecated } = operation;
  const parameters = parametersOf(document, listed);
  const body = exampleBody(document, listed);
  return html`<article class="operation" id="${operationId}" data-search="${`${method} ${path} ${summary}`.toLowerCase()}">
  <h3>${summary}${deprecated && html` <span class="badge deprecated">deprecated</span>`}</h3>
  <p class="line">${methodBadge(method)} <code class="path">${renderPath(path)}</code> <a class="anchor" href="#${operationId}" aria-label="Link to ${summary}">#</a></p>
  <div class="columns"><div class="words">
  ${description && html`<p>${prose(description)}</p>`}
  ${operation['x-successor'] && html`<p class="note">Call <code>${operation['x-successor']}</code> instead.</p>`}
  <p class="roles">${renderRoles(operation['x-roles'])}</p>
  ${parameters.length > 0 && renderParameters(document, listed, parameters)}
  ${operation['x-kinds'] && renderKinds(document, operation['x-kinds'])}
  ${renderBody(document, listed)}
  <h4>Answers</h4>
  <div class="answers">${Object.entries(operation.responses).map(([status, response]) =>
    renderResponse(document, status, response),
  )}</div>
  </div><div class="samples">
  ${renderSample('Call', curlOf(document, listed, baseUrl))}
  ${body !== null && renderSample('Body', body)}
  ${renderAnswerSample(document, listed)}
  </div></div>
</article>`;
}

export function methodBadge(method: string): Markup {
  return html`<span class="method ${method.toLowerCase()}">${method}</span>`;
}

function renderPath(path: string): Markup[] {
  return path.split(/(\{\w+\})/).map(part => (part.startsWith('{') ? html`<em>${part}</em>` : html`${part}`));
}

function renderRoles(roles: string | readonly string[]): Markup {
  if (roles === 'public') return html`Open to <strong>anybody</strong>`;
  if (roles === 'optional') return html`Open to <strong>anybody</strong>; a token is heeded`;
  if (roles === 'any') return html`Needs <strong>any good token</strong>`;
  const named = [roles].flat().map((role, index) => html`${index > 0 && ' or '}<code class="role">${role}</code>`);
  return html`Needs the role ${named}`;
}

/** Path parameters in the words of the route's own path. */
function renderParameters(document: OpenApiDocument, { path }: ListedOperation, parameters: readonly Parameter[]) {
  const ownNames = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1] as string);
  const rows = parameters.map(({ name, in: place, required, description, schema }) => {
    const shown = place === 'path' ? (ownNames.shift() ?? name) : name;
    const told = description === `The ${shown}` ? undefined : description;
    return html`<tr><td><code class="name">${shown}</code>${required && html` <span class="required">required</span>`}</td>
      <td>${place}</td><td><span class="type">${typeLabel(schema)}</span>${renderLimits(schema)}${
        told && html`<br><span class="told">${prose(told)}</span>`
      }</td></tr>`;
  });
  return html`<h4>Parameters</h4>
  <div class="scroll"><table><thead><tr><th>Name</th><th>In</th><th>What it is</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function renderKinds(document: OpenApiDocument, kinds: readonly PostableKind[]): Markup {
  return html`<h4>Kinds</h4>${kinds.map(
    ({
      kind,
      summary,
      version,
      roles,
      payload,
      result,
    }) => html`<details class="kind"><summary><code class="name">${kind}</code> ${summary}</summary>
    <p class="roles">${renderRoles(roles)} · version ${version}</p>
    <h5>Payload</h5>${renderSchema(document, payload)}
    <h5>Result</h5>${renderSchema(document, result)}</details>`,
  )}`;
}

function renderBody(document: OpenApiDocument, { operation }: ListedOperation): Markup | null {
  const { requestBody } = operation;
  if (!requestBody) return null;
  return html`<h4>Body ${!requestBody.required && html`<span class="optional">optional</span>`}</h4>
  ${Object.entries(requestBody.content).map(
    ([type, { schema }]) =>
      html`<p class="media"><code>${type}</code> ${requestBody.description}</p>${
        schema && Object.keys(schema).length > 0 && renderSchema(document, schema)
      }`,
  )}`;
}

function renderResponse(
  document: OpenApiDocument,
  status: string,
  answer: ResponseObject | DescribedReference,
): Markup {
  const response = isReference(answer)
    ? { ...(resolveReference(document, answer.$ref) as ResponseObject), description: answer.description }
    : answer;
  const names = Object.keys(response.headers ?? {});
  const good = Number(status) < 400;
  const content = Object.entries(response.content ?? {}).map(
    ([type, { schema }]) =>
      html`<p class="media"><code>${type}</code></p>${
        schema && Object.keys(schema).length > 0 && renderSchema(document, schema)
      }`,
  );
  return html`<details><summary><span class="status ${good ? 'good' : 'bad'}">${status}</span> <span>${prose(response.description)}</span></summary>
    ${content}${names.length > 0 && html`<p class="headers">Headers: ${names.map((name, index) => html`${index > 0 && ', '}<code>${name}</code>`)}</p>`}
  </details>`;
}

function renderSample(title: string, text: string): Markup {
  return html`<figure class="sample"><figcaption>${title}</figcaption><pre tabindex="0"><code>${text}</code></pre></figure>`;
}

/** Of the first good answer that is JSON. */
function renderAnswerSample(document: OpenApiDocument, { operation }: ListedOperation): Markup | null {
  for (const [status, response] of Object.entries(operation.responses)) {
    if (Number(status) >= 400 || isReference(response)) continue;
    const schema: JsonSchema | undefined = response.content?.['application/json']?.schema;
    if (schema) return renderSample(`Answer ${status}`, JSON.stringify(exampleOf(document, schema), null, 2));
  }
  return null;
}
