// Icons are drawn at paint time in the palette's colours, so a change of scheme needs no new icons.
#include "gui/theme.h"

#include <QFile>
#include <QIcon>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace gui
{
namespace
{

QColor colorFor(QIcon::Mode mode)
{
    const Tokens &t = tokens();
    switch (mode) {
    case QIcon::Disabled:
        return t.strongBorder;
    case QIcon::Selected:
        return t.text;
    case QIcon::Active:
    case QIcon::Normal:
        break;
    }
    return t.text;
}

class LineIcon final : public QIconEngine
{
public:
    explicit LineIcon(QString name)
        : m_name(std::move(name))
    {
    }

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        painter->drawPixmap(rect, render(rect.size(), ratio, mode));
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State) override
    {
        return render(size, 1.0, mode);
    }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State, qreal scale) override
    {
        QPixmap pixmap = render(size, 1.0, mode);
        pixmap.setDevicePixelRatio(scale);
        return pixmap;
    }

    QIconEngine *clone() const override { return new LineIcon(m_name); }
    bool isNull() override { return !QFile::exists(path()); }

private:
    QString path() const { return QStringLiteral(":/icons/%1.svg").arg(m_name); }

    QPixmap render(const QSize &size, qreal ratio, QIcon::Mode mode) const
    {
        const QColor color = colorFor(mode);
        const QString key = QStringLiteral("rookery-icon:%1:%2x%3:%4:%5")
                                .arg(m_name)
                                .arg(size.width())
                                .arg(size.height())
                                .arg(ratio)
                                .arg(color.name(QColor::HexArgb));
        QPixmap pixmap;
        if (size.isEmpty()) return pixmap; // of a button that has no room
        if (QPixmapCache::find(key, &pixmap)) return pixmap;

        QFile file(path());
        if (!file.open(QIODevice::ReadOnly)) return {};
        QByteArray svg = file.readAll();
        svg.replace("#000", color.name().toLatin1());
        pixmap = QPixmap(size * ratio);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        QSvgRenderer(svg).render(&painter);
        painter.end();
        pixmap.setDevicePixelRatio(ratio);
        QPixmapCache::insert(key, pixmap);
        return pixmap;
    }

    QString m_name;
};

} // namespace

QIcon icon(const QString &name) { return QIcon(new LineIcon(name)); }

} // namespace gui
