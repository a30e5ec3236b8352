"""The names in pickles of data frames of pandas and pyarrow: classes that only hold data, and their constructors.

Layer `_values`: plain data. The classes of frames themselves are not included: a program declares these. Names of
several versions are listed together.
"""

from __future__ import annotations

from typing import Final

__all__ = ["PARTS_OF_FRAMES"]

_DTYPES: Final = "CategoricalDtype DatetimeTZDtype IntervalDtype PeriodDtype SparseDtype"
_ARRAYS: Final = (
    "BooleanArray Categorical DatetimeArray FloatingArray IntegerArray IntervalArray NumpyExtensionArray PeriodArray "
    "SparseArray StringArray ArrowStringArray ArrowExtensionArray TimedeltaArray"
)
_NULLABLE: Final = (
    "BooleanDtype StringDtype Float32Dtype Float64Dtype Int8Dtype Int16Dtype Int32Dtype Int64Dtype UInt8Dtype "
    "UInt16Dtype UInt32Dtype UInt64Dtype ArrowDtype"
)
_INDEXES: Final = "Index RangeIndex MultiIndex CategoricalIndex DatetimeIndex IntervalIndex PeriodIndex TimedeltaIndex"

PARTS_OF_FRAMES: Final = {
    "pandas": f"{_DTYPES} {_NULLABLE} {_INDEXES} Categorical NA NaT",
    "pandas.arrays": _ARRAYS,
    "pandas._libs.arrays": "__pyx_unpickle_NDArrayBacked",
    "pandas._libs.internals": "_unpickle_block __pyx_unpickle_BlockPlacement",
    "pandas._libs.interval": "Interval __pyx_unpickle_IntervalMixin",
    "pandas._libs.missing": "NA",
    "pandas._libs.sparse": "IntIndex BlockIndex",
    "pandas._libs.tslibs.nattype": "_nat_unpickle",
    "pandas._libs.tslibs.period": "_period_unpickle",
    "pandas._libs.tslibs.timedeltas": "_timedelta_unpickle",
    "pandas._libs.tslibs.timestamps": "_unpickle_timestamp",
    "pandas._libs.tslibs.offsets": (
        "Day Hour Minute Second Milli Micro Nano Week MonthBegin MonthEnd QuarterBegin QuarterEnd YearBegin YearEnd "
        "BusinessDay BDay"
    ),
    "pandas.core.arrays": _ARRAYS,
    "pandas.core.arrays.arrow.array": "ArrowExtensionArray",
    "pandas.core.arrays.boolean": "BooleanArray BooleanDtype",
    "pandas.core.arrays.categorical": "Categorical",
    "pandas.core.arrays.datetimes": "DatetimeArray",
    "pandas.core.arrays.floating": "FloatingArray Float32Dtype Float64Dtype",
    "pandas.core.arrays.integer": f"IntegerArray {_NULLABLE}",
    "pandas.core.arrays.interval": "IntervalArray",
    "pandas.core.arrays.numpy_": "NumpyExtensionArray",
    "pandas.core.arrays.period": "PeriodArray",
    "pandas.core.arrays.sparse.array": "SparseArray",
    "pandas.core.arrays.string_": "StringArray StringDtype",
    "pandas.core.arrays.string_arrow": "ArrowStringArray ArrowStringArrayNumpySemantics",
    "pandas.core.arrays.timedeltas": "TimedeltaArray",
    "pandas.core.dtypes.dtypes": f"{_DTYPES} ArrowDtype",
    "pandas.core.indexes.base": "Index _new_Index",
    "pandas.core.indexes.category": "CategoricalIndex",
    "pandas.core.indexes.datetimes": "DatetimeIndex _new_DatetimeIndex",
    "pandas.core.indexes.interval": "IntervalIndex",
    "pandas.core.indexes.multi": "MultiIndex",
    "pandas.core.indexes.period": "PeriodIndex _new_PeriodIndex",
    "pandas.core.indexes.range": "RangeIndex",
    "pandas.core.indexes.timedeltas": "TimedeltaIndex",
    "pandas.core.internals.blocks": "new_block",
    "pandas.core.internals.managers": "BlockManager SingleBlockManager",
    "pytz": "_UTC _p",
    "pyarrow.lib": "_restore_array chunked_array py_buffer type_for_alias string large_string large_utf8 utf8",
}
