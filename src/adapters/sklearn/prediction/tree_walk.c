/* The sum of a row's leaves over all trees, for every row of a matrix.

   Rows are walked several at a time, so that the processor waits for none of them: a tree is as many equal steps as it is
   deep, and a leaf leads to itself. A row's leaves are added in the trees' order to what `sums` holds, in doubles, as scikit-learn
   does, so the sums agree with its own to the last bit. */
#include <stdint.h>

enum { TOGETHER = 16 };

typedef struct {
    double number; /* threshold of a split, value of a leaf */
    int32_t feature;
    int32_t left;
    int32_t right;
    int32_t missing_goes_left;
} Node;

void walk_trees(const double *matrix, int64_t rows, int64_t features, const Node *nodes, const int32_t *roots,
                const int32_t *depths, int64_t trees, double *sums)
{
    for (int64_t first = 0; first < rows; first += TOGETHER) {
        const int count = rows - first < TOGETHER ? (int)(rows - first) : TOGETHER;
        const double *values = matrix + first * features;
        for (int64_t tree = 0; tree < trees; tree++) {
            int32_t at[TOGETHER];
            for (int row = 0; row < count; row++)
                at[row] = roots[tree];
            for (int32_t level = 0; level < depths[tree]; level++)
                for (int row = 0; row < count; row++) {
                    const Node *node = nodes + at[row];
                    const double value = values[row * features + node->feature];
                    const int left = (value <= node->number) | ((value != value) & node->missing_goes_left);
                    at[row] = left ? node->left : node->right;
                }
            for (int row = 0; row < count; row++)
                sums[first + row] += nodes[at[row]].number;
        }
    }
}
