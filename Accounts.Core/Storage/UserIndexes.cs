using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;

namespace Accounts.Core.Storage;

/// <summary>What the model and the migration say alike about the indexes of the list of users.</summary>
internal static class UserIndexes
{
    /// <summary>The condition of an index that has only the few accounts that are disabled or to be deleted.</summary>
    public const string Closed = "\"DisabledAt\" IS NOT NULL OR \"DeletionDueAt\" IS NOT NULL";

    private const string Collation = "Relational:Collation";

    /// <summary>Sorts an index by bytes on PostgreSQL. SQLite does so anyway, and ignores it.</summary>
    /// <param name="index">The index.</param>
    /// <param name="collations">Each column's collation; null for a column that keeps its own.</param>
    public static IndexBuilder<T> InByteOrder<T>(this IndexBuilder<T> index, params string?[] collations)
    {
        index.HasAnnotation(Collation, collations);
        return index;
    }

    /// <inheritdoc cref="InByteOrder{T}"/>
    public static OperationBuilder<CreateIndexOperation> InByteOrder(
        this OperationBuilder<CreateIndexOperation> index, params string?[] collations) => index.Annotation(Collation, collations);
}
