"""``data.stats`` of a Loki answer: four kilobytes of figures, of which the demo knows a few and the rest are zero."""

from __future__ import annotations

from collections.abc import Mapping

_CACHES = (
    "chunk index result statsResult volumeResult seriesResult labelResult instantMetricResult logResult taskResult"
)
_CACHE = "entriesFound entriesRequested entriesStored bytesReceived bytesSent requests downloadTime queryLengthServed"
_CHUNK = (
    "headChunkBytes headChunkLines decompressedBytes decompressedLines compressedBytes totalDuplicates postFilterLines "
    "headChunkStructuredMetadataBytes decompressedStructuredMetadataBytes"
)
_DATA = (
    "prePredicateDecompressedRows prePredicateDecompressedBytes prePredicateDecompressedStructuredMetadataBytes "
    "postPredicateRows postPredicateDecompressedBytes postPredicateStructuredMetadataBytes postFilterRows pagesScanned "
    "pagesDownloaded pagesDownloadedBytes pageBatches totalRowsAvailable totalPageDownloadTime wireBytesTransferred"
)


def stats(lines: int, size: int, returned: int, splits: int) -> Mapping[str, object]:
    """``lines`` and ``size`` (bytes) were looked at, ``returned`` entries or series came out of ``splits`` parts."""
    summary = {
        "bytesProcessedPerSecond": 0,
        "linesProcessedPerSecond": 0,
        "totalBytesProcessed": size,
        "totalLinesProcessed": lines,
        "execTime": 0,
        "queueTime": 0,
        "subqueries": 0,
        "totalEntriesReturned": returned,
        "splits": splits,
        "shards": splits,
        "totalPostFilterLines": lines,
        "totalStructuredMetadataBytesProcessed": 0,
    }
    ingester = {"totalReached": 1, "totalChunksMatched": 0, "totalBatches": 1, "totalLinesSent": returned}
    index = {"totalChunks": 0, "postFilterChunks": 0, "shardsDuration": 0, "usedBloomFilters": False}
    return {
        "summary": summary,
        "querier": {"store": _store(), "querierExecTime": 0},
        "ingester": {**ingester, "store": _store(), "recvWaitTime": 0},
        "cache": {name: _zeros(_CACHE) for name in _CACHES.split()},
        "index": {**index, **_zeros("totalStreams chunkRefsLookupTime bloomFilterTime")},
    }


def _store() -> Mapping[str, object]:
    return {
        **_zeros("totalChunksRef totalChunksDownloaded chunksDownloadTime"),
        "queryReferencedStructuredMetadata": False,
        "queryUsedV2Engine": False,
        "chunk": _zeros(_CHUNK),
        **_zeros("chunkRefsFetchTime congestionControlLatency pipelineWrapperFilteredLines"),
        "dataobj": _zeros(_DATA),
    }


def _zeros(names: str) -> Mapping[str, int]:
    return dict.fromkeys(names.split(), 0)
