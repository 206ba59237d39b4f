// Validates objects, one as JSON on each line of stdin, with the models of kubernetes-models.
// Prints, for each, a line of JSON: null where it is sound, the complaint where it is not.
import { createInterface } from "node:readline";

const MODULES = {
  "argoproj.io/v1alpha1": "@kubernetes-models/argo-cd/argoproj.io/v1alpha1",
  "external-secrets.io/v1": "@kubernetes-models/external-secrets/external-secrets.io/v1",
  "external-secrets.io/v1beta1": "@kubernetes-models/external-secrets/external-secrets.io/v1beta1",
};

async function complaint(object) {
  const name = MODULES[object.apiVersion];
  if (name === undefined) return `no models for ${object.apiVersion}`;
  const Model = (await import(name))[object.kind];
  if (Model === undefined) return `no model for ${object.kind}`;
  try {
    new Model(object).validate();
    return null;
  } catch (error) {
    return error.message;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await complaint(JSON.parse(line))));
}
