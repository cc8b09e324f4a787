/* ToolReward's C interface: says whether a language model's tool calls are right.
 *
 * A policy says how completions are judged; a task is what the completions of one prompt are judged by: the ground truth and the
 * tools. Both are compiled once and used from any number of threads.
 *
 *     toolreward_error error;
 *     toolreward_handle policy, task;
 *     double score;
 *     toolreward_policy_create("{}", 2, &policy, &error);
 *     toolreward_task_create(policy, truth, strlen(truth), 0, &task, &error);
 *     toolreward_score(task, completion, strlen(completion), &score, NULL, 0, NULL, NULL, &error);
 *
 * Rules for all functions:
 * - Text is bytes with a length. It need not end with NUL, may hold NUL, and is not kept after the call. A length of 0 allows a null
 *   pointer. That as many bytes can be read as the length says is the caller's duty.
 * - Every function that can fail returns TOOLREWARD_OK or why not, and fills `error` if it is not null. Nothing else is written then.
 * - Handles are numbers, never addresses: one that was released, is of another kind, or was never made is refused with
 *   TOOLREWARD_INVALID_HANDLE. 0 is never a handle.
 * - All functions may be called from any thread at any time. A handle may be released while another thread scores with it: that call
 *   finishes first.
 * - After fork() the child may go on calling, with the handles made before. The threads that help with batches are kept for the next ones,
 *   take no signals, and end with the process; a child starts its own. In a child, let threads that were started after the fork make the
 *   first calls, if several are to call at once.
 * - A calling thread needs 512 KiB of stack. Where memory ends, the process may.
 * - Text that the library returns is freed with toolreward_free(), once.
 */
#ifndef TOOLREWARD_H
#define TOOLREWARD_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__clang__)
#define TOOLREWARD_NULLABLE _Nullable
#define TOOLREWARD_NONNULL _Nonnull
#else
#define TOOLREWARD_NULLABLE
#define TOOLREWARD_NONNULL
#endif

/* The version this header belongs to: the same as toolreward_version() gives. */
#define TOOLREWARD_VERSION "0.1.0"

/* What a function returns. Codes are added at the end, never changed. */
typedef int32_t toolreward_code;
enum {
  TOOLREWARD_OK = 0,
  /* A pointer is null that must not be, a length or count is beyond what can be, or offsets do not ascend. */
  TOOLREWARD_INVALID_ARGUMENT = 1,
  /* A handle was released, is of another kind, was never made, or belongs to another policy. */
  TOOLREWARD_INVALID_HANDLE = 2,
  /* The options name what does not exist, or what does not go together. */
  TOOLREWARD_INVALID_OPTIONS = 3,
  /* The tools are no definitions that can be read. */
  TOOLREWARD_INVALID_TOOLS = 4,
  /* The ground truth is none: nothing can be judged by it. */
  TOOLREWARD_INVALID_GROUND_TRUTH = 5,
  /* There is no memory for the result. */
  TOOLREWARD_OUT_OF_MEMORY = 6,
  /* There are 16,777,215 handles already. */
  TOOLREWARD_TOO_MANY_HANDLES = 7
};

/* Why a function failed. The message is UTF-8, ends with NUL, and names what is wrong and how to mend it. */
typedef struct toolreward_error {
  toolreward_code code;
  char message[1020];
} toolreward_error;

/* A policy, tools, or a task. */
typedef uint64_t toolreward_handle;

/* The library's version, as TOOLREWARD_VERSION; it lives as long as the library. */
const char *TOOLREWARD_NONNULL toolreward_version(void);

/* Makes a policy: reward, format and view.
 *
 * options: a JSON object with the options of `toolreward score`: {"reward", "format", "view", "leniencies", "step", "check_tools"}.
 *   All may be left out; "reward" and "format" are names, or objects as their files hold them (Docs/Files.md).
 * Fails with TOOLREWARD_INVALID_OPTIONS if there is no such thing. */
toolreward_code toolreward_policy_create(
    const char *TOOLREWARD_NULLABLE options, size_t options_length,
    toolreward_handle *TOOLREWARD_NULLABLE policy, toolreward_error *TOOLREWARD_NULLABLE error);

/* Tells of a policy as JSON: {"version", "reward", "format", "view", "uses_tools", "assistant_markers", "components"}. The text has no NUL in it and one after it;
 * `length` may be null. */
toolreward_code toolreward_policy_describe(
    toolreward_handle policy, char *TOOLREWARD_NULLABLE *TOOLREWARD_NULLABLE json, size_t *TOOLREWARD_NULLABLE length,
    toolreward_error *TOOLREWARD_NULLABLE error);

/* How many components the scores of a policy have: the "components" of toolreward_policy_describe. */
toolreward_code toolreward_component_count(
    toolreward_handle policy, size_t *TOOLREWARD_NULLABLE count, toolreward_error *TOOLREWARD_NULLABLE error);

/* Makes tools from their definitions: JSON of any origin that `toolreward tools` reads. O(definitions).
 * Fails with TOOLREWARD_INVALID_TOOLS. */
toolreward_code toolreward_tools_create(
    const char *TOOLREWARD_NULLABLE json, size_t length,
    toolreward_handle *TOOLREWARD_NULLABLE tools, toolreward_error *TOOLREWARD_NULLABLE error);

/* Makes a task of a policy.
 *
 * ground_truth: JSON: the value that the member "ground_truth" of a record has; a list of calls, or a string that holds it.
 * tools: tools, or 0: then nothing about tools is checked.
 * The task keeps its policy and tools: their handles may be released. O(ground truth).
 * Fails with TOOLREWARD_INVALID_GROUND_TRUTH. */
toolreward_code toolreward_task_create(
    toolreward_handle policy, const char *TOOLREWARD_NULLABLE ground_truth, size_t length, toolreward_handle tools,
    toolreward_handle *TOOLREWARD_NULLABLE task, toolreward_error *TOOLREWARD_NULLABLE error);

/* Gives a policy, tools or a task up. What still uses it keeps it. */
toolreward_code toolreward_release(toolreward_handle handle, toolreward_error *TOOLREWARD_NULLABLE error);

/* Scores one completion. O(completion and ground truth).
 *
 * completion: the model's text; under the view "structured" the JSON of a message, or of a list of messages.
 * score: the reward; NaN if the completion cannot be judged, which is never the same as 0.
 * components: where as many numbers as toolreward_component_count says go, in that order; NaN where a part was not checked.
 *   May be null.
 * components_capacity: how many numbers it has room for.
 * line: the verdict as JSON with a line feed, as `toolreward score` writes it for a record with the identifier 1: score, components and
 *   findings; NUL follows. Free it with toolreward_free(). Null if it is not wanted: that is faster.
 * line_length: its length; may be null. */
toolreward_code toolreward_score(
    toolreward_handle task, const char *TOOLREWARD_NULLABLE completion, size_t completion_length,
    double *TOOLREWARD_NULLABLE score, double *TOOLREWARD_NULLABLE components, size_t components_capacity,
    char *TOOLREWARD_NULLABLE *TOOLREWARD_NULLABLE line, size_t *TOOLREWARD_NULLABLE line_length,
    toolreward_error *TOOLREWARD_NULLABLE error);

/* Scores many completions in parallel. The result does not depend on the number of threads.
 *
 * policy: the policy whose tasks these are. An empty batch is none of the caller's mistakes: all other pointers may then be null.
 * tasks: a task for each completion, or one for all; task_count is `count` or 1. A task that is 0 cannot be judged: NaN.
 * completions: the texts, one after the other, completions_length bytes in all.
 * offsets: count + 1 ascending numbers: completion i is bytes offsets[i] up to offsets[i + 1]. (The layout of Arrow's large_string.)
 * threads: how many may work, this one among them; 0 for one a core.
 * scores: where `count` numbers go, as toolreward_score gives them.
 * components: where count × component count numbers go, row by row; may be null. components_capacity: how many it has room for.
 * lines: the verdicts as JSON Lines, as toolreward_score gives one, the identifiers counting from 1; null if not wanted.
 * lines_length: their length; may be null. */
toolreward_code toolreward_score_batch(
    toolreward_handle policy, const toolreward_handle *TOOLREWARD_NULLABLE tasks, size_t task_count,
    const char *TOOLREWARD_NULLABLE completions, size_t completions_length, const int64_t *TOOLREWARD_NULLABLE offsets,
    size_t count, size_t threads, double *TOOLREWARD_NULLABLE scores, double *TOOLREWARD_NULLABLE components,
    size_t components_capacity, char *TOOLREWARD_NULLABLE *TOOLREWARD_NULLABLE lines,
    size_t *TOOLREWARD_NULLABLE lines_length, toolreward_error *TOOLREWARD_NULLABLE error);

/* The same for texts that lie apart: text i is texts[i], of lengths[i] bytes. */
toolreward_code toolreward_score_texts(
    toolreward_handle policy, const toolreward_handle *TOOLREWARD_NULLABLE tasks, size_t task_count,
    const char *TOOLREWARD_NULLABLE const *TOOLREWARD_NULLABLE texts, const size_t *TOOLREWARD_NULLABLE lengths,
    size_t count, size_t threads, double *TOOLREWARD_NULLABLE scores, double *TOOLREWARD_NULLABLE components,
    size_t components_capacity, char *TOOLREWARD_NULLABLE *TOOLREWARD_NULLABLE lines,
    size_t *TOOLREWARD_NULLABLE lines_length, toolreward_error *TOOLREWARD_NULLABLE error);

/* The same for samples whose ground truths are text: each is compiled in the thread that scores it, and the last ones are remembered. As fast
 * as tasks where ground truths come again, and the fastest way where they do not.
 *
 * truths, truth_lengths: text i is what a record's member "ground_truth" holds if it is a string.
 * truths_are_values: for each whether it is that member's JSON itself, not the string's text; null if none is.
 * tools: tools for each completion, for all, or none: tools_count is `count`, 1 or 0. Where one is 0 nothing about tools is checked.
 * A completion whose ground truth cannot be compiled, or that is too long for a record, cannot be judged: NaN.
 * toolreward_score_records says why. */
toolreward_code toolreward_score_samples(
    toolreward_handle policy, const char *TOOLREWARD_NULLABLE const *TOOLREWARD_NULLABLE texts,
    const size_t *TOOLREWARD_NULLABLE lengths, const char *TOOLREWARD_NULLABLE const *TOOLREWARD_NULLABLE truths,
    const size_t *TOOLREWARD_NULLABLE truth_lengths, const uint8_t *TOOLREWARD_NULLABLE truths_are_values,
    const toolreward_handle *TOOLREWARD_NULLABLE tools, size_t tools_count, size_t count, size_t threads,
    double *TOOLREWARD_NULLABLE scores, double *TOOLREWARD_NULLABLE components, size_t components_capacity,
    char *TOOLREWARD_NULLABLE *TOOLREWARD_NULLABLE lines, size_t *TOOLREWARD_NULLABLE lines_length,
    toolreward_error *TOOLREWARD_NULLABLE error);

/* For bindings to languages whose strings know where their UTF-8 is (CPython's PyUnicode_AsUTF8AndSize is such a function): calls text_of
 * for each object in turn, in this thread, and stores what it gives in texts and lengths. Returns how many it got: fewer than `count` if
 * text_of gave null, 0 if a pointer is null. */
size_t toolreward_gather_texts(
    void *TOOLREWARD_NULLABLE const *TOOLREWARD_NULLABLE objects, size_t count,
    const char *TOOLREWARD_NULLABLE (*TOOLREWARD_NULLABLE text_of)(void *TOOLREWARD_NULLABLE object, ptrdiff_t *TOOLREWARD_NULLABLE length),
    const char *TOOLREWARD_NULLABLE *TOOLREWARD_NULLABLE texts, size_t *TOOLREWARD_NULLABLE lengths);

/* Scores records in JSON Lines, in this thread, exactly as `toolreward score` does: whatever a line is, the same bytes come out. For what
 * the functions above refuse (broken ground truths and tools) this says why as a line.
 *
 * records: lines {"id"?, "completion" or "completions", "ground_truth", "tools"?}.
 * first_line: the first line's number, for identifiers and errors; lines of a file count from 1.
 * lines: what the command writes; free it with toolreward_free(). */
toolreward_code toolreward_score_records(
    toolreward_handle policy, const char *TOOLREWARD_NULLABLE records, size_t length, size_t first_line,
    char *TOOLREWARD_NULLABLE *TOOLREWARD_NULLABLE lines, size_t *TOOLREWARD_NULLABLE lines_length,
    toolreward_error *TOOLREWARD_NULLABLE error);

/* Frees text that the library returned. Null is allowed. Anything else, or the same text twice, is the caller's mistake and is not caught. */
void toolreward_free(char *TOOLREWARD_NULLABLE text);

#ifdef __cplusplus
}
#endif

#endif
