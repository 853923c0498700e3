/**
 * How long one call to AWS may take, in milliseconds; the SDK has no limit of its own, and a call that hangs would end
 * with the function, in the middle of a batch. Without the last of these the SDK only warns.
 */
export const awsCallLimits = {
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};
