/* Scores completions against a ground truth, and prints why.
 *
 *     cc -I Sources/ToolRewardC/Header Sources/ToolRewardC/Example/example.c -o example \
 *        -L .build/release -lToolRewardC -Wl,-rpath,.build/release
 *     ./example '[{"name":"add","arguments":{"a":1}}]' \
 *        '<think>x</think><tool_call>[{"name":"add","arguments":{"a":1}}]</tool_call>'
 *
 * The exit code is 0 if all completions are right, 1 if one is not, 2 if something cannot be used. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "toolreward.h"

static void check(toolreward_code code, const toolreward_error *error) {
  if (code == TOOLREWARD_OK) return;
  fprintf(stderr, "example: %s (code %d)\n", error->message, (int)code);
  exit(2);
}

/* One completion: its score, its components by name, and the findings as JSON. */
static double explain(toolreward_handle task, size_t component_count, const char *completion) {
  toolreward_error error;
  double score;
  double *components = malloc((component_count + 1) * sizeof *components);
  char *line = NULL;
  if (components == NULL) exit(2);
  check(toolreward_score(task, completion, strlen(completion), &score, components, component_count, &line, NULL, &error),
        &error);
  printf("%s", line);
  toolreward_free(line);
  free(components);
  return score;
}

/* Many completions at once: their bytes one after the other, and where each begins. */
static void score_all(toolreward_handle policy, toolreward_handle task, char **completions, size_t count, double *scores) {
  toolreward_error error;
  int64_t *offsets = malloc((count + 1) * sizeof *offsets);
  char *text;
  size_t index, length = 0;
  for (index = 0; index < count; index++) length += strlen(completions[index]);
  text = malloc(length + 1);
  if (offsets == NULL || text == NULL) exit(2);
  offsets[0] = 0;
  for (index = 0; index < count; index++) {
    size_t own = strlen(completions[index]);
    memcpy(text + offsets[index], completions[index], own);
    offsets[index + 1] = offsets[index] + (int64_t)own;
  }
  check(toolreward_score_batch(policy, &task, 1, text, length, offsets, count, 0, scores, NULL, 0, NULL, NULL, &error), &error);
  free(text);
  free(offsets);
}

int main(int argc, char **argv) {
  const char *options = "{\"reward\": \"tool-n1\"}";
  toolreward_error error;
  toolreward_handle policy, task;
  size_t component_count, index, count;
  double *scores;
  int status = 0;

  if (argc < 3) {
    fprintf(stderr, "usage: example GROUND_TRUTH COMPLETION...\n");
    return 2;
  }
  count = (size_t)argc - 2;
  scores = malloc(count * sizeof *scores);
  if (scores == NULL) return 2;

  printf("toolreward %s\n", toolreward_version());
  check(toolreward_policy_create(options, strlen(options), &policy, &error), &error);
  check(toolreward_component_count(policy, &component_count, &error), &error);
  check(toolreward_task_create(policy, argv[1], strlen(argv[1]), 0, &task, &error), &error);

  score_all(policy, task, argv + 2, count, scores);
  for (index = 0; index < count; index++) {
    double alone = explain(task, component_count, argv[2 + index]);
    if (alone != scores[index] && !(isnan(alone) && isnan(scores[index]))) return 2;
    if (alone != 1) status = 1;
  }

  check(toolreward_release(task, &error), &error);
  check(toolreward_release(policy, &error), &error);
  free(scores);
  return status;
}
