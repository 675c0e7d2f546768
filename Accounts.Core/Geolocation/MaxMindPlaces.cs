using System.Net;
using MaxMind.Db;

namespace Accounts.Core.Geolocation;

/// <summary>Creates the places of a MaxMind database's records, each record once. Records with the same place share one object.</summary>
internal sealed class MaxMindPlaces(byte[] file, MaxMindHeader header, Reader reader)
{
    /// <summary>The number of the unknown place.</summary>
    public const int Unknown = 0;

    /// <summary>A place's texts are as short as in an IP2Location file.</summary>
    private const int TextLimit = 255;

    private readonly Dictionary<uint, int> _ofRecord = [];
    private readonly Dictionary<Place, int> _known = new() { [Place.Unknown] = Unknown };
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly List<Place> _places = [Place.Unknown];

    /// <summary>What all records together may cost. A file whose records share most of their content could take hours otherwise.</summary>
    private long _budget = (4L * file.Length) + (100L * MaxMindSection.CostLimit);

    /// <summary>All places, by their numbers.</summary>
    public Place[] ToArray() => [.. _places];

    /// <summary>Finds the number of the place of a record that has been made.</summary>
    /// <param name="record">A record of the search tree that leads to no node.</param>
    /// <param name="number">The place's number.</param>
    public bool TryFind(uint record, out int number)
    {
        number = Unknown;
        return record == header.Nodes || _ofRecord.TryGetValue(record, out number);
    }

    /// <summary>Decodes a record and returns the number of its place.</summary>
    /// <param name="record">A record of the search tree that leads to data.</param>
    /// <param name="address">An address whose record it is.</param>
    /// <exception cref="PlaceFileException">The record is damaged, or it isn't one of a city or country database.</exception>
    public int Make(uint record, IPAddress address)
    {
        var at = (long)record - header.Nodes - MaxMindHeader.Separator;
        if (at < 0 || at >= header.DataEnd - header.Data)
            throw PlaceFileException.Damaged("its search tree leads out of the data");
        new MaxMindSection(file.AsSpan(header.Data..header.DataEnd)).Check((int)at, out var cost);
        _budget -= cost;
        if (_budget < 0)
            throw PlaceFileException.Damaged("its records hold more than the file can");

        var place = PlaceOf(Decode(address));
        if (!_known.TryGetValue(place, out var number))
        {
            number = _known[place] = _places.Count;
            _places.Add(place);
        }

        return _ofRecord[record] = number;
    }

    private MaxMindRecord Decode(IPAddress address)
    {
        try
        {
            return reader.Find<MaxMindRecord>(address) ?? throw PlaceFileException.Damaged("a record is missing");
        }
        catch (DeserializationException other)
        {
            throw new PlaceFileException($"its records are not those of a city or country database. {header.Advice}", other);
        }
        catch (Exception failure) when (failure is not (PlaceFileException or OutOfMemoryException))
        {
            throw PlaceFileException.Damaged("a record can't be decoded", failure);
        }
    }

    private Place PlaceOf(MaxMindRecord record)
    {
        return new Place
        {
            CountryCode = PlaceRules.Code(Text(record.Country?.Code)),
            Country = Text(record.Country?.Names?.English),
            Region = Text(record.Subdivisions is [var region, ..] ? region.Names?.English : null),
            City = Text(record.City?.Names?.English),
            Latitude = Degrees(record.Location?.Latitude, 90),
            Longitude = Degrees(record.Location?.Longitude, 180),
            TimeZone = Text(record.Location?.TimeZone),
            Provider = Text(record.Traits?.Provider),
            Network = record.Traits?.Network,
        };
    }

    private static float? Degrees(object? value, float limit) => value switch
    {
        double exact => PlaceRules.Degrees((float)exact, limit),
        float single => PlaceRules.Degrees(single, limit),
        _ => null,
    };

    private string? Text(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (_texts.TryGetValue(text, out var known))
            return known;
        if (text.Length > TextLimit || text.Any(char.IsControl))
            throw PlaceFileException.Damaged("a text is too long or contains control characters");
        return _texts[text] = text;
    }
}
